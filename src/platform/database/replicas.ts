import type { Session } from '../auth/session.js';
import { Fault } from '../faults/fault.js';
import type { Multiplexer } from './multiplexer.js';
import type { Step, StepResult } from './single-round-trip.js';
import type { GuardedPool } from './pool.js';
import { isConnectionLost } from './sql-state.js';
import { parseLsn } from './write-ledger.js';
import type { WriteLedger } from './write-ledger.js';

/** The connections for reading from one server. */
export interface ReadServer {
  readonly name: string;
  readonly multiplexer: Multiplexer;
  readonly pool: GuardedPool;
}

type Kind = 'multiplexer' | 'pool';

const PROBE: Step = {
  name: 'tm_replica_probe',
  text: 'select pg_is_in_recovery() as standby, pg_last_wal_replay_lsn()::text as replayed',
  values: [],
};
const HEALTHY_PROBE_MS = 30_000;
const SICK_PROBE_MS = 1_000;
const LOST_PROBE_MS = 100;

/** A replica, how far it has come, and whether it can be asked at all. */
export class Replica {
  #healthy = false;
  #replayed = 0n;
  #probing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(readonly server: ReadServer) {}

  get healthy(): boolean {
    return this.#healthy;
  }

  /** One that is not a standby (any more) has a history of its own, so it is not asked either. */
  probe(): Promise<void> {
    this.#probing ??= this.#probe().finally(() => {
      this.#probing = null;
      this.#schedule(this.#healthy ? HEALTHY_PROBE_MS : SICK_PROBE_MS);
    });
    return this.#probing;
  }

  /** From the first lost connection on reads go elsewhere; the probe decides when they come back. */
  lost(): void {
    this.#healthy = false;
    this.#schedule(LOST_PROBE_MS);
  }

  canServe(position: bigint): boolean {
    if (!this.#healthy) return false;
    if (this.#replayed >= position) return true;
    // What is known is old by now: the next reader profits, this one goes to the primary.
    void this.probe();
    return false;
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#probing;
  }

  async #probe(): Promise<void> {
    try {
      const [result] = await this.server.multiplexer.run([PROBE]);
      const row = result?.rows[0] as { standby: boolean; replayed: string | null };
      this.#replayed = row.replayed === null ? 0n : parseLsn(row.replayed);
      this.#healthy = row.standby;
    } catch {
      this.#healthy = false;
    }
  }

  #schedule(ms: number): void {
    if (this.#closed) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.probe(), ms);
    this.#timer.unref();
  }
}

/** Chooses the server for each read: a replica that is healthy and new enough for this reader, else the primary. */
export class ReadRouter {
  #next = 0;

  constructor(
    readonly primary: ReadServer,
    readonly replicas: readonly Replica[],
    private readonly ledger: WriteLedger,
  ) {}

  async run(kind: Kind, session: Session, steps: readonly Step[], signal?: AbortSignal): Promise<StepResult[]> {
    return this.route(session, (server) => server[kind].run(steps, signal));
  }

  /** `use` may run twice: on the primary after a replica could not be asked or did not know enough. */
  async route<T>(session: Session, use: (server: ReadServer, isReplica: boolean) => Promise<T>): Promise<T> {
    const replica = this.#choose(session);
    if (!replica) return use(this.primary, false);
    try {
      return await use(replica.server, true);
    } catch (error) {
      if (!primaryMayKnowBetter(error)) throw error;
      return use(this.primary, false);
    }
  }

  #choose(session: Session): Replica | null {
    if (this.replicas.length === 0) return null;
    const position = this.ledger.required(session.userId, session.readAfter);
    for (let tried = 0; tried < this.replicas.length; tried++) {
      const replica = this.replicas[this.#next++ % this.replicas.length];
      if (replica?.canServe(position)) return replica;
    }
    return null;
  }
}

// A credential, table or column that the replica has not replayed yet; a read cancelled by what it is replaying.
const BEHIND = new Set(['28000', '40001', '42P01', '42703', '42883']);

function primaryMayKnowBetter(error: unknown): boolean {
  if (isConnectionLost(error)) return true;
  const source = error instanceof Fault ? error.cause : error;
  return BEHIND.has((source as { code?: string } | undefined)?.code ?? '');
}
