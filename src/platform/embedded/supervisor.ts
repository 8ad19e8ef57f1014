import { setTimeout as delay } from 'node:timers/promises';
import type { Postmaster } from './postmaster.js';
import { PostmasterEnded, stopPostmaster } from './postmaster.js';

export type Log = (line: string) => void;

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** A server that ran for this long did not crash because of its start. */
const STABLE_MS = 60_000;

/** Restarts the server on the same port whenever it exits, until `stop`. */
export class Supervisor {
  private current: Postmaster | null;
  private failures = 0;
  private readonly stopping = new AbortController();
  private readonly watching: Promise<void>;

  constructor(
    first: Postmaster,
    private readonly start: () => Promise<Postmaster>,
    private readonly log: Log,
  ) {
    this.current = first;
    this.watching = this.watch(first);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    if (this.current) await stopPostmaster(this.current);
    await this.watching;
    // A start that was in progress at the stop has produced a server.
    if (this.current) await stopPostmaster(this.current);
  }

  private async watch(first: Postmaster): Promise<void> {
    for (let server: Postmaster | null = first; server; server = await this.restart()) {
      this.current = server;
      if (this.isStopping()) return;
      const since = performance.now();
      await server.exited;
      if (this.isStopping()) return;
      if (performance.now() - since > STABLE_MS) this.failures = 0;
      this.current = null;
      this.log(`PostgreSQL (process ${server.pid}) ended; starting it again.`);
    }
  }

  private async restart(): Promise<Postmaster | null> {
    while (await this.pause()) {
      this.failures += 1;
      try {
        const server = await this.start();
        this.log(`PostgreSQL is back (process ${server.pid}).`);
        return server;
      } catch (error) {
        const reason = error instanceof PostmasterEnded ? error.reason : String(error);
        this.log(`PostgreSQL did not start (${reason}); trying again.`);
      }
    }
    return null;
  }

  /** The first restart is immediate, because requests wait; further ones back off, to spare a broken disk. */
  private async pause(): Promise<boolean> {
    const ms = this.failures === 0 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (this.failures - 1), LONGEST_PAUSE_MS);
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    return !this.isStopping();
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }
}
