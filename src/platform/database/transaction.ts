import type { EntityManager } from 'typeorm';
import type { EntitySource } from './entities.js';
import type { CheckedOutConnection } from './checked-out-connection.js';
import type { Step, StepResult } from './single-round-trip.js';
import { CHECK_CONSTRAINTS, COMMIT, ROLLBACK } from './scope.js';
import { toFault } from './sql-state.js';
import type { ConstraintTable } from './sql-state.js';
import type { Statement } from './statement.js';

declare const isScoped: unique symbol;

/** A scoped transaction. Only the methods of Database make one, so a query without row-level scope does not compile. */
export interface Tx {
  readonly [isScoped]: true;
  run<Row>(statement: Statement<Row>): Promise<Row[]>;
  /** Runs `fn` behind a savepoint. When it fails, its changes are rolled back and the transaction continues. */
  attempt<T>(fn: () => Promise<T>): Promise<T>;
  /** TypeORM on the same connection, in the same transaction. */
  readonly entities: EntityManager;
}

interface TransactionParts {
  readonly connection: CheckedOutConnection;
  /** Begin and scope. They are sent with the first statement and cost no round trip of their own. */
  readonly prelude: readonly Step[];
  readonly constraints: ConstraintTable;
  readonly entities: EntitySource;
}

const LSN: Step = { name: 'tm_lsn', text: 'select pg_current_wal_insert_lsn()::text as lsn', values: [] };

export class Transaction implements Tx {
  declare readonly [isScoped]: true;
  #prelude: readonly Step[];
  #queue: Promise<unknown> = Promise.resolve();
  #unopened: { readonly reason: unknown } | null = null;
  #failure: { readonly reason: unknown } | null = null;
  #ended = false;
  #savepoints = 0;
  #manager: EntityManager | null = null;

  constructor(private readonly parts: TransactionParts) {
    this.#prelude = parts.prelude;
  }

  async run<Row>(statement: Statement<Row>): Promise<Row[]> {
    const { rows } = await this.send(statement);
    return rows as Row[];
  }

  get entities(): EntityManager {
    this.#manager ??= this.parts.entities.managerOn((text, values) => this.send({ name: '', text, values }));
    return this.#manager;
  }

  async attempt<T>(fn: () => Promise<T>): Promise<T> {
    const name = `attempt_${++this.#savepoints}`;
    const say = (text: string): Promise<StepResult> => this.send({ name: '', text, values: [], silent: true });
    await say(`savepoint ${name}`);
    try {
      const result = await fn();
      await say(`release savepoint ${name}`);
      return result;
    } catch (error) {
      await say(`rollback to savepoint ${name}`);
      throw error;
    }
  }

  /** Sends statements one after the other, even when the caller starts several at once. */
  async send(step: Step): Promise<StepResult> {
    if (this.#ended) throw new Error('A transaction was used after its end.');
    const results = await this.#enqueue(step);
    return results.at(-1) ?? { tag: '', rows: [] };
  }

  #enqueue(...steps: Step[]): Promise<StepResult[]> {
    const turn = this.#queue.then(() => this.#execute(steps));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #execute(steps: readonly Step[]): Promise<StepResult[]> {
    // After a failed begin, a statement would run outside any transaction and without a scope.
    if (this.#unopened) throw this.#unopened.reason;
    const opening = this.#prelude.length > 0;
    try {
      const results = await this.parts.connection.send([...this.#prelude, ...steps]);
      this.#prelude = [];
      return results;
    } catch (error) {
      const reason = toFault(error, this.parts.constraints);
      if (opening) this.#unopened = { reason };
      this.#failure ??= { reason };
      throw reason;
    }
  }

  /** Sends begin and scope now, for callers that must know whether they are accepted. */
  async open(): Promise<void> {
    if (this.#prelude.length > 0) await this.send({ name: 'tm_open', text: 'select', values: [], silent: true });
  }

  /** Commits, and returns the WAL position when asked for it. */
  async commit(withPosition: boolean): Promise<string | null> {
    await this.#close();
    if (this.#untouched) return null;
    const [committed, position] = await this.#enqueue(COMMIT, ...(withPosition ? [LSN] : []));
    // PostgreSQL rolls a failed transaction back at its commit without an error. A statement whose error was swallowed must
    // not look like a success.
    if (committed?.tag !== 'COMMIT') throw this.#lastWord();
    return (position?.rows[0] as { lsn: string } | undefined)?.lsn ?? null;
  }

  #lastWord(): Error {
    const reason = this.#failure?.reason;
    return reason instanceof Error ? reason : new Error('The transaction was not committed.', { cause: reason });
  }

  /** Checks the deferred constraints, then rolls back. */
  async rehearse(): Promise<void> {
    await this.#close();
    if (this.#untouched) return;
    await this.#enqueue(CHECK_CONSTRAINTS, ROLLBACK);
  }

  /** Never throws: the error that led here is the one to report, and a doubtful connection is closed. */
  async rollback(): Promise<void> {
    await this.#close();
    if (!this.#untouched) await this.parts.connection.send([ROLLBACK]).catch(() => undefined);
  }

  get #untouched(): boolean {
    return this.#prelude.length > 0 && !this.#unopened;
  }

  /** Waits for statements that nobody awaited; they belong to the transaction. */
  async #close(): Promise<void> {
    this.#ended = true;
    await this.#queue;
  }
}
