import { mkdtemp, rm } from 'node:fs/promises';
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

  static async start(): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), 'taskmaster-redis-'));
    const port = await freePort();
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
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
