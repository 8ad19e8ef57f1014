import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestApp, TestUser } from '../support/app.js';

const PROGRAM = join(import.meta.dirname, 'claiming-agents.mjs');

/** A report of an agent. */
interface Line {
  readonly what: 'idle' | 'completed' | 'refused' | 'late refused' | 'late accepted';
  readonly code?: string;
}

/** Agents in separate processes that claim the tasks of one project. */
export class Swarm {
  /** Their standard error; empty in a good run. */
  trouble = '';
  private readonly lines: Line[] = [];
  private readonly children: ChildProcess[] = [];
  private waiting: { readonly holds: () => boolean; readonly go: () => void }[] = [];

  constructor(
    private readonly app: TestApp,
    private readonly user: TestUser,
    private readonly projectKey: string,
    private readonly leaseSeconds: number,
    /** The fraction of claims that they abandon. */
    private readonly forgetful: number,
  ) {}

  start(processes: number, agentsEach: number): void {
    for (let seed = 1; seed <= processes; seed += 1) {
      const values = [agentsEach, seed, this.leaseSeconds, this.forgetful].map(String);
      const parameters = [PROGRAM, this.app.url, this.user.key, this.projectKey, ...values];
      const child = spawn(process.execPath, ['--no-warnings', ...parameters], { stdio: ['ignore', 'pipe', 'pipe'] });
      child.stderr.setEncoding('utf8').on('data', (text: string) => (this.trouble += text));
      createInterface({ input: child.stdout }).on('line', (text) => this.hear(JSON.parse(text) as Line));
      this.children.push(child);
    }
  }

  count(what: Line['what']): number {
    return this.lines.filter((line) => line.what === what).length;
  }

  /** The refusals that agents received. */
  get codes(): Set<string> {
    return new Set(this.lines.flatMap(({ code }) => code ?? []));
  }

  /** Returns once the condition holds; it is checked at every report of an agent. */
  until(holds: () => boolean): Promise<void> {
    return holds() ? Promise.resolve() : new Promise((go) => this.waiting.push({ holds, go }));
  }

  /** Waits for the next report that nothing is ready. */
  nextIdle(): Promise<void> {
    const seen = this.count('idle');
    return this.until(() => this.count('idle') > seen);
  }

  /** `kill -9`: the agents never return their claims or read pending responses. */
  async kill(processes: number): Promise<void> {
    await Promise.all(
      this.children.splice(0, processes).map(async (child) => {
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      }),
    );
  }

  stop(): Promise<void> {
    return this.kill(this.children.length);
  }

  private hear(line: Line): void {
    this.lines.push(line);
    const ready = this.waiting.filter(({ holds }) => holds());
    this.waiting = this.waiting.filter((one) => !ready.includes(one));
    for (const { go } of ready) go();
  }
}
