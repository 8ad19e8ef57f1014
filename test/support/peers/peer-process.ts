import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A killed broker recovers its log first. */
const PATIENCE_MS = 180_000;
const LOOK_EVERY_MS = 20;

/** A server on loopback that a suite starts, kills and starts again on the same port and data. */
export class PeerProcess {
  private child: ChildProcess | null = null;
  private output = '';

  constructor(
    readonly port: number,
    private readonly command: string,
    private readonly args: readonly string[],
  ) {}

  /** Returns once the port accepts connections. */
  async start(): Promise<void> {
    const child = spawn(this.command, [...this.args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    this.output = '';
    const failures: Error[] = [];
    child.once('error', (error) => failures.push(error));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => (this.output = `${this.output}${chunk}`.slice(-4_000)));
    }
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await accepts(this.port))) {
      if (failures.length > 0 || child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`${this.command} did not start: ${String(failures[0] ?? child.exitCode)} ${this.output}`);
      }
      await delay(LOOK_EVERY_MS);
    }
  }

  /** `kill -9` by default; gone when this returns. */
  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.child;
    this.child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      answer(true);
    });
    socket.once('error', () => answer(false));
  });
}
