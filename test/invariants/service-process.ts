import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../src/platform/embedded/ports.js';
import { isAlive } from '../../src/platform/embedded/processes.js';
import { eventually, killServer, serverPid } from '../start/program.js';

const PROGRAM = join(import.meta.dirname, 'service-program.mjs');
const CONFIGURATION =
  /^(DB_|DATABASE_URL|MIGRATION_|JWT_|REFRESH_|API_|METRICS_|PROMETHEUS_|CORS_|TASKMASTER_|TRUSTED_|CLOUDFLARE_|LOG_)/;

/** The service with its embedded PostgreSQL, killed and restarted on one data folder. */
export class ServiceProcess {
  readonly url: string;
  private child: ChildProcess | null = null;
  private output = '';
  private readiness: Promise<void> | null = null;

  private constructor(
    private readonly dataDir: string,
    private readonly port: number,
    private readonly settings: Readonly<Record<string, string>>,
  ) {
    this.url = `http://127.0.0.1:${port}`;
  }

  static async on(dataDir: string, settings: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> {
    return new ServiceProcess(dataDir, await freePort(), settings);
  }

  async start(): Promise<void> {
    const inherited = Object.entries(process.env).filter(([name]) => !CONFIGURATION.test(name));
    const own = {
      TASKMASTER_ENV_FILE: '/dev/null',
      TASKMASTER_DATA: this.dataDir,
      API_PORT: String(this.port),
      PROMETHEUS_ENABLED: 'false',
    };
    const env = { ...Object.fromEntries(inherited), ...own, ...this.settings };
    const child = spawn(process.execPath, ['--no-warnings', PROGRAM], {
      env,
      // The channel ends the service if the test is killed.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.child = child;
    this.output = '';
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => (this.output += chunk));
    }
    const ended = once(child, 'exit').then(([code]) => {
      if (this.child === child) throw new Error(`The service ended with ${code}: ${this.output}`);
    });
    await Promise.race([eventually(() => this.output.includes('TaskMaster is ready')), ended]);
    ended.catch(() => undefined);
  }

  /** `kill -9`; the process has exited when this returns. */
  async kill(): Promise<void> {
    const child = this.child;
    this.child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** SIGTERM; the service and its PostgreSQL have exited when this returns. */
  async stop(): Promise<void> {
    const child = this.child;
    this.child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  }

  /** `kill -9` of the postmaster; a running service starts another one. */
  killPostgres(): Promise<void> {
    return killServer(this.dataDir);
  }

  async postgresIsBack(killed: number | null): Promise<void> {
    await eventually(() => {
      const pid = serverPid(this.dataDir);
      return pid !== null && pid !== killed && isAlive(pid);
    });
    await this.ready();
  }

  get postgresPid(): number | null {
    return serverPid(this.dataDir);
  }

  /**
   * Returns once the service responds and has its database, across kills. All who wait share one question: eight writers
   * that asked for themselves took a third of the processor from the start that they waited for.
   */
  ready(): Promise<void> {
    this.readiness ??= this.answers().finally(() => (this.readiness = null));
    return this.readiness;
  }

  private async answers(): Promise<void> {
    await eventually(() =>
      fetch(`${this.url}/api/v1/health/ready`).then(
        async (response) => (await response.text()) !== '' && response.status === 200,
        () => false,
      ),
    );
  }

  /** As the owner of the database, to bypass the service. */
  async databaseUrl(): Promise<string> {
    const text = await readFile(join(this.dataDir, 'first-run.json'), 'utf8');
    return (JSON.parse(text) as { databaseUrl: string }).databaseUrl;
  }

  /** As the service itself, for another instance on the same database. */
  async serviceUrl(): Promise<string> {
    const read = (name: string): Promise<string> => readFile(join(this.dataDir, name), 'utf8');
    const { servicePassword } = JSON.parse(await read('secrets.json')) as { servicePassword: string };
    return `postgres://taskmaster:${servicePassword}@127.0.0.1:${(await read('port')).trim()}/taskmaster`;
  }

  /** Kills everything that runs. */
  async clear(): Promise<void> {
    await this.kill();
    await killServer(this.dataDir, 'SIGQUIT');
  }
}
