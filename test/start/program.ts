import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { readPidFile } from '../../src/platform/embedded/postmaster.js';
import { isAlive } from '../../src/platform/embedded/processes.js';

export interface Ready {
  readonly superuserUrl: string;
  readonly serviceUrl: string;
  readonly port: number;
  readonly dataDir: string;
}

interface Message {
  readonly ready?: Ready;
  readonly problem?: string;
  readonly log?: string;
}

const PATIENCE_MS = 90_000;
const PROGRAM = join(import.meta.dirname, 'embedded-program.mjs');

/** A small program with an embedded database, as a process that can be killed. */
export class Program {
  readonly messages: Message[] = [];
  readonly exited: Promise<number | null>;
  private readonly child: ChildProcess;

  constructor(dataDir: string, program = PROGRAM) {
    this.child = spawn(process.execPath, ['--no-warnings', program, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.exited = once(this.child, 'close').then(([code]) => code as number | null);
    createInterface({ input: this.child.stdout! }).on('line', (line) =>
      this.messages.push(JSON.parse(line) as Message),
    );
  }

  get pid(): number {
    return this.child.pid!;
  }

  async ready(): Promise<Ready> {
    const found = await this.said((message) => message.ready ?? message.problem);
    if (typeof found === 'string') throw new Error(found);
    return found;
  }

  async logged(text: string): Promise<string> {
    return this.said((message) => (message.log?.includes(text) ? message.log : undefined));
  }

  /** The message of a refused start, after the program has exited with code 1. */
  async problem(): Promise<string> {
    const code = await this.exited;
    const sentence = this.messages.map((message) => message.problem).find((text) => text !== undefined);
    if (code !== 1 || sentence === undefined) throw new Error(`No problem: ${code} ${JSON.stringify(this.messages)}`);
    return sentence;
  }

  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.exited;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  private async said<T>(pick: (message: Message) => T | undefined): Promise<T> {
    const look = (): T | undefined => this.messages.map(pick).find((found) => found !== undefined);
    const ended = this.exited.then((code) => {
      const found = look();
      if (found === undefined) throw new Error(`The program ended with ${code} before it said that.`);
      return found;
    });
    return Promise.race([eventually(look), ended]);
  }
}

/** Waits with a deadline. */
export async function eventually<T>(
  look: () => T | undefined | null | false | Promise<T | undefined | null | false>,
): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`It did not happen within ${PATIENCE_MS} ms: ${look.toString()}`);
    await delay(20);
  }
}

export function serverPid(dataDir: string): number | null {
  return readPidFile(join(dataDir, 'pg'))?.pid ?? null;
}

export async function killServer(dataDir: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  const pid = serverPid(dataDir);
  if (pid === null || !isAlive(pid)) return;
  process.kill(pid, signal);
  await eventually(() => !isAlive(pid));
}

export async function ask(connectionString: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** Retries until the server answers, because it refuses connections while it restarts. */
export async function askAgain(connectionString: string, statement: string): Promise<Record<string, unknown>[]> {
  return eventually(() => ask(connectionString, statement).catch(() => null));
}
