import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../src/platform/embedded/ports.js';
import { PeerProcess } from './peer-process.js';

/** A real Redis (Debian: redis-server) without persistence: a restart loses everything. */
export class RedisServer {
  private constructor(
    readonly process: PeerProcess,
    private readonly folder: string,
  ) {}

  /** With a certificate it speaks TLS alone. */
  static async start(tls?: { readonly cert: string; readonly key: string }): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), 'taskmaster-redis-'));
    const port = await freePort();
    const args = ['--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
    if (tls) {
      await writeFile(join(folder, 'server.crt'), tls.cert);
      await writeFile(join(folder, 'server.key'), tls.key, { mode: 0o600 });
      const files = ['--tls-cert-file', join(folder, 'server.crt'), '--tls-key-file', join(folder, 'server.key')];
      args.push('--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no', ...files);
    } else args.push('--port', String(port));
    const server = new RedisServer(new PeerProcess(port, 'redis-server', args), folder);
    await server.process.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.process.port}`;
  }

  async close(): Promise<void> {
    await this.process.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
