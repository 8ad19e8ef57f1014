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
import { withLockPatience } from './lock-patience.js';
import { NotificationConnection } from './notification-connection.js';
import type { NotificationHandlers } from './notification-connection.js';
import { runAgain } from './run-again.js';
import { toFault } from './sql-state.js';
import type { ConstraintTable } from './sql-state.js';
import type { Statement } from './statement.js';
import { StorageState } from './storage.js';
import { runTransaction } from './transaction-run.js';
import type { DatabaseHooks, Ending, OpenTransaction } from './transaction-run.js';
import { Transaction } from './transaction.js';
import type { Tx } from './transaction.js';

export interface DatabaseOptions extends PoolOptions {
  readonly entities?: EntityClasses;
  readonly constraints?: ConstraintTable;
  readonly hooks?: DatabaseHooks;
}

export interface CallOptions {
  /** Cancels the statement on the server when it aborts. Defaults to the signal of the session. */
  readonly signal?: AbortSignal;
}

type Work<T> = (tx: Tx) => Promise<T>;

/** Callers without a session share the pools as one subject. */
const ANONYMOUS = 'anonymous';
const PING: Step = { name: 'tm_ping', text: 'select 1', values: [], silent: true };

/**
 * The only access to PostgreSQL. Every method takes the session first and applies it as the row-level security scope, which
 * PostgreSQL checks in the same round trip. Nothing runs as the login itself.
 */
export class Database {
  readonly storage = new StorageState();
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

  /** Reads with one short statement, in one round trip, on multiplexed connections. */
  query<Row>(session: Session, statement: Statement<Row>, options: CallOptions = {}): Promise<Row[]> {
    return this.#read('multiplexer', session, statement, options);
  }

  /** Like `query`, on a connection of its own: for statements that may take more than a few milliseconds. */
  search<Row>(session: Session, statement: Statement<Row>, options: CallOptions = {}): Promise<Row[]> {
    return this.#read('pool', session, statement, options);
  }

  /** Writes with one statement, in one round trip. It is committed when the promise resolves. */
  async command<Row>(session: Session, statement: Statement<Row>, options: CallOptions = {}): Promise<Row[]> {
    // A dry run and an Idempotency-Key need a transaction around the statement.
    const alone = !session.dryRun && !session.idempotency && !this.#pools.hasReplicas;
    if (!alone) return this.write(session, (tx) => tx.run(statement), options);
    const steps = [sessionScope(session, 'tm_app_rw'), preparedFor(session, statement)];
    const signal = options.signal ?? session.signal;
    const run = (): Promise<Row[]> => this.#rows<Row>(() => this.#pools.write.run(steps, session.userId, signal));
    return this.#storing(this.#writing(this.#patiently(this.#pools.write, signal, run)));
  }

  /** Runs several reads on one snapshot. */
  async read<T>(session: Session, work: Work<T>, options: CallOptions = {}): Promise<T> {
    const prelude = [BEGIN, sessionScope(session, 'tm_app_ro')];
    const signal = options.signal ?? session.signal;
    const open = await this.#pools.reads.route(session, (server, isReplica) =>
      this.#open(server.pool, session.userId, prelude, signal, isReplica),
    );
    return runTransaction(open, work);
  }

  /** Runs several statements in one transaction. It runs again when a lock was not free in time, so it must have no effect of its own. */
  write<T>(session: Session, work: Work<T>, options: CallOptions = {}): Promise<T> {
    return this.#transact(this.#pools.write, session.userId, session, work, options);
  }

  /**
   * Like `write`, for transactions that take seconds, such as imports: on a pool of their own, where teams take turns, so
   * that they cannot take the connections of short writes.
   */
  bulkWrite<T>(session: Session, teamId: string, work: Work<T>, options: CallOptions = {}): Promise<T> {
    return this.#transact(this.#pools.imports, teamId, session, work, options);
  }

  /** Runs long reads on a pool of their own, so that they cannot take the connections of short ones. */
  async analytics<T>(session: Session, work: Work<T>, options: CallOptions = {}): Promise<T> {
    const prelude = [BEGIN, sessionScope(session, 'tm_analytics')];
    const open = await this.#open(this.#pools.analytics, session.userId, prelude, options.signal ?? session.signal);
    return runTransaction(open, work);
  }

  /** Runs work that no user asked for, such as jobs and the relay. The audit trail records the reason. */
  async system<T>(reason: string, work: Work<T>, options: CallOptions = {}): Promise<T> {
    const open = await this.#open(this.#pools.background, reason, [BEGIN, systemScope(reason)], options.signal);
    return this.#writing(runTransaction(open, work));
  }

  /**
   * Like `system`, for one statement in one round trip. It does not wake the relay: such statements read, or write what is
   * not audited, and a run that finds nothing makes the next commit wait for its end.
   */
  systemCommand<Row>(reason: string, statement: Statement<Row>, options: CallOptions = {}): Promise<Row[]> {
    const steps = [systemScope(reason), statement];
    return this.storage.watch(this.#rows<Row>(() => this.#pools.background.run(steps, reason, options.signal)));
  }

  /** Listens to a channel of PostgreSQL's NOTIFY, on a connection that is closed with the database. */
  listen(channel: string, handlers: NotificationHandlers): NotificationConnection {
    const connection = new NotificationConnection(this.options.login, channel, handlers, (error) =>
      toFault(error, this.#constraints),
    );
    this.#notifications.push(connection);
    return connection;
  }

  /**
   * Looks a credential up, before there is a session. Without a scope, row-level security shows no rows, so only the
   * functions made for this purpose answer. Always asks the primary: a credential may have been created a moment ago.
   */
  anonymousQuery<Row>(statement: Statement<Row>, options: CallOptions = {}): Promise<Row[]> {
    return this.#rows<Row>(
      () => this.#pools.reads.primary.multiplexer.run([statement], ANONYMOUS, options.signal),
      true,
    );
  }

  /** Like `anonymousQuery`, for writes such as a login. */
  anonymousCommand<Row>(statement: Statement<Row>, options: CallOptions = {}): Promise<Row[]> {
    const run = (): Promise<Row[]> =>
      this.#rows<Row>(() => this.#pools.write.run([statement], ANONYMOUS, options.signal));
    return this.#writing(this.#patiently(this.#pools.write, options.signal, run));
  }

  /** Resolves when PostgreSQL answers. */
  async ping(): Promise<void> {
    await this.#rows(() => this.#pools.reads.primary.multiplexer.run([PING], 'health'));
  }

  /** The results of the last health check, which runs every 30 seconds. */
  health(): PoolHealth[] {
    return this.#pools.health.snapshot();
  }

  checkHealth(): Promise<PoolHealth[]> {
    return this.#pools.health.check();
  }

  snapshot(): PoolSnapshot[] {
    return this.#pools.snapshot();
  }

  /** Whether each read replica is in use. Without names, because clients see the answer. */
  replicas(): { readonly healthy: boolean }[] {
    return this.#pools.reads.replicas.map(({ healthy }) => ({ healthy }));
  }

  /** Calls the listener for every round trip. Returns a function that unsubscribes. */
  onQuery(listener: QueryListener): () => void {
    this.#pools.listeners.query.add(listener);
    return () => this.#pools.listeners.query.delete(listener);
  }

  /** Calls the listener for every wait for a connection. Returns a function that unsubscribes. */
  onAcquire(listener: AcquireListener): () => void {
    this.#pools.listeners.acquire.add(listener);
    return () => this.#pools.listeners.acquire.delete(listener);
  }

  /** Calls the listener whenever this instance may have committed something. Returns a function that unsubscribes. */
  onWritten(listener: () => void): () => void {
    this.#written.add(listener);
    return () => this.#written.delete(listener);
  }

  /** Waits for running statements, up to a deadline, and closes every connection. */
  close(): Promise<void> {
    this.#closing ??= Promise.all([
      this.#pools.close(),
      ...this.#notifications.map((connection) => connection.close()),
    ]).then(() => undefined);
    return this.#closing;
  }

  /** A write of a user needed space and found some; jobs often write nothing. */
  async #storing<T>(work: Promise<T>): Promise<T> {
    const result = await work;
    this.storage.written();
    return result;
  }

  async #writing<T>(work: Promise<T>): Promise<T> {
    const result = await this.storage.watch(work);
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
    try {
      const results = await runAgain(run, reads);
      return (results.at(-1)?.rows ?? []) as Row[];
    } catch (error) {
      throw toFault(error, this.#constraints);
    }
  }

  #transact<T>(pool: GuardedPool, subject: string, session: Session, work: Work<T>, options: CallOptions): Promise<T> {
    const signal = options.signal ?? session.signal;
    const prelude = [BEGIN, sessionScope(session, 'tm_app_rw')];
    const run = async (): Promise<T> => {
      const open = await this.#open(pool, subject, prelude, signal);
      return runTransaction(open, work, this.#endingOf(session));
    };
    return this.#storing(this.#writing(this.#patiently(pool, signal, run)));
  }

  #patiently<T>(pool: GuardedPool, signal: AbortSignal | undefined, run: () => Promise<T>): Promise<T> {
    return withLockPatience(pool.settings.lockPatienceMs, run, signal);
  }

  #endingOf(session: Session): Ending {
    const { ledger, hasReplicas } = this.#pools;
    const ending = { session, hooks: this.#hooks, rehearse: session.dryRun };
    if (!hasReplicas) return ending;
    const noteWrite = (lsn: string): void => {
      ledger.note(session.userId, lsn);
      session.onWritten?.(lsn);
    };
    return { ...ending, noteWrite };
  }

  async #checkOut(pool: GuardedPool, subject: string, signal?: AbortSignal): Promise<CheckedOutConnection> {
    try {
      return await pool.checkOut(subject, signal);
    } catch (error) {
      throw toFault(error);
    }
  }

  async #open(
    pool: GuardedPool,
    subject: string,
    prelude: Step[],
    signal?: AbortSignal,
    eager = false,
  ): Promise<OpenTransaction> {
    const connection = await this.#checkOut(pool, subject, signal);
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
