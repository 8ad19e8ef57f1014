import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const PROGRAM = join(import.meta.dirname, 'relay-program.mjs');

type Handed = readonly [position: string, id: string];
type Message = { readonly ready: string } | { readonly batch: readonly Handed[] };

/** What one run of an instance delivered, from its starting position. */
export interface Life {
  readonly from: bigint;
  readonly handed: Handed[];
}

/** An instance that publishes and follows the stream, and is killed and restarted. */
export class RelayProcess {
  readonly lives: Life[] = [];
  #child: ChildProcess | null = null;

  constructor(private readonly databaseUrl: string) {}

  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--no-warnings', PROGRAM, this.databaseUrl], {
      // The channel ends the instance if the test is killed.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    let life: Life | null = null;
    const ready = new Promise<void>((resolve, reject) => {
      child.on('message', (message: Message) => {
        if ('batch' in message) {
          life ??= this.#begin(BigInt(message.batch[0]?.[0] ?? 1) - 1n);
          life.handed.push(...message.batch);
        } else {
          life ??= this.#begin(BigInt(message.ready));
          resolve();
        }
      });
      child.once('exit', () => reject(new Error('The instance ended before it was ready.')));
    });
    await ready;
  }

  /** `kill -9`; the process has exited when this returns. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  #begin(from: bigint): Life {
    const life: Life = { from, handed: [] };
    this.lives.push(life);
    return life;
  }
}
