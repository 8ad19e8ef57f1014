import type { Session } from '../auth/session.js';
import { EntitySource } from './entities.js';
import type { EntityClasses } from './entities.js';
import type { CheckedOutConnection } from './checked-out-connection.js';
import type { Step, StepResult } from './single-round-trip.js';
import type { PoolHealth } from './pool-health.js';
import type { AcquireListener, PoolSnapshot, QueryListener } from './pool-stats.js';
import type { GuardedPool } from './pool.js';
import { Pools } from './pools.js';
import type { PoolOptions } from './pools.js';
import { BEGIN, preparedFor, sessionScope, systemScope } from './scope.js';
import { NotificationConnection } from './notification-connection.js';
import type { NotificationHandlers } from './notification-connection.js';
import { isConnectionLost, isStaleStatement, toFault } from './sql-state.js';
import type { ConstraintTable } from './sql-state.js';
import type { Statement } from './statement.js';
import { runTransaction } from './transaction-run.js';
import type { DatabaseHooks, OpenTransaction } from './transaction-run.js';
import { Transaction } from './transaction.js';
import type { Tx } from './transaction.js';

export interface DatabaseOptions extends PoolOptions {
  readonly entities?: EntityClasses;
  readonly constraints?: ConstraintTable;
  readonly hooks?: DatabaseHooks;
}

export interface CallOptions {
  /** Aborted when the client is gone: the statement is cancelled on the server. Defaults to the session's own. */
  readonly signal?: AbortSignal;
}

type Work<T> = (tx: Tx) => Promise<T>;

const REPEAT_WITHIN_MS = 1_000;
const PING: Step = { name: 'tm_ping', text: 'select 1', values: [], silent: true };

/**
 * The only ways to PostgreSQL. Each takes who asks as its first argument and applies it as row-level scope, checked by
 * PostgreSQL in the same round trip; nothing runs as the login itself.
 */
export class Database {
  readonly #pools: Pools;
  readonly #entities: EntitySource;
  readonly #constraints: ConstraintTable;
  readonly #hooks: DatabaseHooks;
  readonly #written = new Set<() => void>();
  readonly #notifications: NotificationConnection[] = [];
  #closing: Promise<void> | null = null;

  constructor(private readonly options: DatabaseOptions) {
    this.#pools = new Pools(options);
    this.#entities = new EntitySource(options.entities ?? []);
    this.#constraints = options.constraints ?? {};
    this.#hooks = options.hooks ?? {};
  }

  async start(): Promise<void> {
    await this.#entities.prepare();
    this.#pools.start();
  }

  /** The hot read: one short statement, one round trip, on connections shared with everybody. */
  query<Row>(session: Session, statement: Statement<Row>, options: CallOptions = {}): Promise<Row[]> {
    return this.#read('multiplexer', session, statement, options);
  }

  /** The same on a connection of its own, for a statement that may take more than a few milliseconds. */
  search<Row>(session: Session, statement: Statement<Row>, options: CallOptions = {}): Promise<Row[]> {
    return this.#read('pool', session, statement, options);
  }

  /** A write of a single statement: one round trip, committed when it is answered. */
  async command<Row>(session: Session, statement: Statement<Row>, options: CallOptions = {}): Promise<Row[]> {
    // What is rehearsed or must happen once needs more than one statement around it.
    const alone = !session.dryRun && !session.idempotency && !this.#pools.hasReplicas;
    if (!alone) return this.write(session, (tx) => tx.run(statement), options);
    const steps = [sessionScope(session, 'tm_app_rw'), preparedFor(session, statement)];
    return this.#writing(this.#rows<Row>(() => this.#pools.write.run(steps, options.signal ?? session.signal)));
  }

  /** Several reads that see one snapshot. */
  async read<T>(session: Session, work: Work<T>, options: CallOptions = {}): Promise<T> {
    const prelude = [BEGIN, sessionScope(session, 'tm_app_ro')];
    const signal = options.signal ?? session.signal;
    const open = await this.#pools.reads.route(session, (server, isReplica) =>
      this.#open(server.pool, prelude, signal, isReplica),
    );
    return runTransaction(open, work);
  }

  async write<T>(session: Session, work: Work<T>, options: CallOptions = {}): Promise<T> {
    const { ledger, hasReplicas } = this.#pools;
    const ending = {
      session,
      hooks: this.#hooks,
      rehearse: session.dryRun,
      ...(hasReplicas
        ? {
            noteWrite: (lsn: string) => {
              ledger.note(session.userId, lsn);
              session.onWritten?.(lsn);
            },
          }
        : {}),
    };
    const prelude = [BEGIN, sessionScope(session, 'tm_app_rw')];
    const open = await this.#open(this.#pools.write, prelude, options.signal ?? session.signal);
    return this.#writing(runTransaction(open, work, ending));
  }

  /** Long reads with a pool of their own, so that they cannot take the place of anybody's short ones. */
  async analytics<T>(session: Session, work: Work<T>, options: CallOptions = {}): Promise<T> {
    const prelude = [BEGIN, sessionScope(session, 'tm_analytics')];
    const open = await this.#open(this.#pools.analytics, prelude, options.signal ?? session.signal);
    return runTransaction(open, work);
  }

  /** Work that no user asked for: jobs, relays, housekeeping. The reason is in the audit trail. */
  async system<T>(reason: string, work: Work<T>, options: CallOptions = {}): Promise<T> {
    const open = await this.#open(this.#pools.background, [BEGIN, systemScope(reason)], options.signal);
    return this.#writing(runTransaction(open, work));
  }

  /** The same for a single statement, in one round trip. */
  systemCommand<Row>(reason: string, statement: Statement<Row>, options: CallOptions = {}): Promise<Row[]> {
    const steps = [systemScope(reason), statement];
    return this.#writing(this.#rows<Row>(() => this.#pools.background.run(steps, options.signal)));
  }

  /** A connection of its own that hears what PostgreSQL's NOTIFY says on a channel; closed with the database. */
  listen(channel: string, handlers: NotificationHandlers): NotificationConnection {
    const connection = new NotificationConnection(this.options.login, channel, handlers, (error) =>
      toFault(error, this.#constraints),
    );
    this.#notifications.push(connection);
    return connection;
  }

  /**
   * Before there is a session: the look-up of a credential. No scope, so row-level security shows no row at all and
   * only the functions made for this answer. Always the primary: a credential may be a moment old.
   */
  anonymousQuery<Row>(statement: Statement<Row>, options: CallOptions = {}): Promise<Row[]> {
    return this.#rows<Row>(() => this.#pools.reads.primary.multiplexer.run([statement], options.signal), true);
  }

  /** The same for what writes, such as a login or a sign-up. */
  anonymousCommand<Row>(statement: Statement<Row>, options: CallOptions = {}): Promise<Row[]> {
    return this.#writing(this.#rows<Row>(() => this.#pools.write.run([statement], options.signal)));
  }

  /** Answers when PostgreSQL does; readiness asks this. */
  async ping(): Promise<void> {
    await this.#rows(() => this.#pools.reads.primary.multiplexer.run([PING]));
  }

  /** What the last check of every pool found (one runs every 30 seconds). */
  health(): PoolHealth[] {
    return this.#pools.health.snapshot();
  }

  checkHealth(): Promise<PoolHealth[]> {
    return this.#pools.health.check();
  }

  snapshot(): PoolSnapshot[] {
    return this.#pools.snapshot();
  }

  /** Whether each read replica is asked at the moment; without names, because the answer goes to clients. */
  replicas(): { readonly healthy: boolean }[] {
    return this.#pools.reads.replicas.map(({ healthy }) => ({ healthy }));
  }

  /** Tells the listener of every round trip; returns the way to stop it. */
  onQuery(listener: QueryListener): () => void {
    this.#pools.listeners.query.add(listener);
    return () => this.#pools.listeners.query.delete(listener);
  }

  /** Tells the listener of every wait for a connection; returns the way to stop it. */
  onAcquire(listener: AcquireListener): () => void {
    this.#pools.listeners.acquire.add(listener);
    return () => this.#pools.listeners.acquire.delete(listener);
  }

  /** Tells the listener whenever something may have been committed here; returns the way to stop it. */
  onWritten(listener: () => void): () => void {
    this.#written.add(listener);
    return () => this.#written.delete(listener);
  }

  /** Waits for what runs, up to a deadline, and closes every connection. */
  close(): Promise<void> {
    this.#closing ??= Promise.all([
      this.#pools.close(),
      ...this.#notifications.map((connection) => connection.close()),
    ]).then(() => undefined);
    return this.#closing;
  }

  async #writing<T>(work: Promise<T>): Promise<T> {
    const result = await work;
    for (const tell of this.#written) tell();
    return result;
  }

  #read<Row>(
    kind: 'multiplexer' | 'pool',
    session: Session,
    statement: Statement<Row>,
    options: CallOptions,
  ): Promise<Row[]> {
    const steps = [sessionScope(session, 'tm_app_ro'), preparedFor(session, statement)];
    const signal = options.signal ?? session.signal;
    return this.#rows<Row>(() => this.#pools.reads.run(kind, session, steps, signal), true);
  }

  async #rows<Row>(run: () => Promise<StepResult[]>, reads = false): Promise<Row[]> {
    const start = performance.now();
    const mayRepeat = (error: unknown): boolean =>
      // After a migration every connection meets its prepared statements once more; nothing ran when it says so.
      isStaleStatement(error) ||
      // A read does not fail because its connection was ended under it: another one is a moment away.
      (reads && isConnectionLost(error) && performance.now() - start < REPEAT_WITHIN_MS);
    try {
      const results = await run().catch((error: unknown) => {
        if (mayRepeat(error)) return run();
        throw error;
      });
      return (results.at(-1)?.rows ?? []) as Row[];
    } catch (error) {
      throw toFault(error, this.#constraints);
    }
  }

  async #checkOut(pool: GuardedPool, signal?: AbortSignal): Promise<CheckedOutConnection> {
    try {
      return await pool.checkOut(signal);
    } catch (error) {
      throw toFault(error);
    }
  }

  async #open(pool: GuardedPool, prelude: Step[], signal?: AbortSignal, eager = false): Promise<OpenTransaction> {
    const connection = await this.#checkOut(pool, signal);
    const tx = new Transaction({ connection, prelude, constraints: this.#constraints, entities: this.#entities });
    try {
      if (eager) await tx.open();
      return { tx, connection };
    } catch (error) {
      await tx.rollback();
      connection.end();
      throw error;
    }
  }
}
