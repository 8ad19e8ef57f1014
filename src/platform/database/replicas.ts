import type { Session } from '../auth/session.js';
import { Fault } from '../faults/fault.js';
import type { Multiplexer } from './multiplexer.js';
import type { Step, StepResult } from './single-round-trip.js';
import type { GuardedPool } from './pool.js';
import { isConnectionLost } from './sql-state.js';
import { parseLsn } from './write-ledger.js';
import type { WriteLedger } from './write-ledger.js';

/** The connections for reads on one server. */
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

/** A replica, the position that it has replayed, and whether it can be used. */
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

  /** A server that is not a standby (any more) has a history of its own, so it counts as unhealthy. */
  probe(): Promise<void> {
    this.#probing ??= this.#probe().finally(() => {
      this.#probing = null;
      this.#schedule(this.#healthy ? HEALTHY_PROBE_MS : SICK_PROBE_MS);
    });
    return this.#probing;
  }

  /** After the first lost connection reads go elsewhere, until a probe succeeds. */
  lost(): void {
    this.#healthy = false;
    this.#schedule(LOST_PROBE_MS);
  }

  canServe(position: bigint): boolean {
    if (!this.#healthy) return false;
    if (this.#replayed >= position) return true;
    // The known position is outdated: this read goes to the primary, and the next one uses the new position.
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
      const [result] = await this.server.multiplexer.run([PROBE], 'health');
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

/** Chooses the server of each read: a healthy replica that has replayed enough for this user, else the primary. */
export class ReadRouter {
  #next = 0;

  constructor(
    readonly primary: ReadServer,
    readonly replicas: readonly Replica[],
    private readonly ledger: WriteLedger,
  ) {}

  async run(kind: Kind, session: Session, steps: readonly Step[], signal?: AbortSignal): Promise<StepResult[]> {
    return this.route(session, (server) => server[kind].run(steps, session.userId, signal));
  }

  /** `use` may run twice: on the primary after it failed on a replica. */
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

// A credential, table or column that the replica has not replayed yet, or a read that conflicted with the replay.
const BEHIND = new Set(['28000', '40001', '42P01', '42703', '42883']);

function primaryMayKnowBetter(error: unknown): boolean {
  if (isConnectionLost(error)) return true;
  const source = error instanceof Fault ? error.cause : error;
  return BEHIND.has((source as { code?: string } | undefined)?.code ?? '');
}
