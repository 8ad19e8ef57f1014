import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { NO_LIMITS } from '../support/app.js';
import type { TestDatabase } from '../support/database.js';

const PROGRAM = join(import.meta.dirname, 'instance-program.mjs');

/** An event as delivered by an instance. */
export interface HandedOut {
  readonly position: number;
  readonly id: string;
  readonly type: string;
  readonly recordId: string;
  readonly version: number | null;
  /** Milliseconds since 1970, of this machine's clock. */
  readonly at: number;
}

type Message = { readonly url: string } | { readonly batch: readonly HandedOut[] };

/** One instance of the service as a separate process; several of them share a database. */
export class InstanceProcess {
  readonly events: HandedOut[] = [];
  onEvent: (event: HandedOut) => void = () => undefined;

  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(database: TestDatabase, env: Readonly<Record<string, string>> = {}): Promise<InstanceProcess> {
    const child = spawn(process.execPath, ['--no-warnings', PROGRAM], {
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        DATABASE_URL: database.serviceUrl,
        MIGRATION_DATABASE_URL: database.url,
        JWT_SECRET: 'a secret for tests that is long enough',
        API_HOST: '127.0.0.1',
        API_PORT: '0',
        METRICS_PORT: '0',
        DB_POOL_MAX: '10',
        DB_POOL_MIN: '0',
        DB_ACQUIRE_TIMEOUT_MS: '20000',
        LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
        ...NO_LIMITS,
        ...env,
      },
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    let output = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    const early: HandedOut[] = [];
    let hear = (batch: readonly HandedOut[]): void => void early.push(...batch);
    const ready = new Promise<string>((resolve) => {
      child.on('message', (message: Message) => ('url' in message ? resolve(message.url) : hear(message.batch)));
    });
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`The instance ended with ${code} before it was ready: ${output}`);
    });
    const instance = new InstanceProcess(await Promise.race([ready, ended]), child);
    ended.catch(() => undefined);
    hear = (batch) => instance.#hear(batch);
    hear(early);
    return instance;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Ends cleanly, or at once with `SIGKILL`; the process has exited when this returns. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    await exited;
  }

  #hear(batch: readonly HandedOut[]): void {
    for (const event of batch) {
      this.events.push(event);
      this.onEvent(event);
    }
  }
}
