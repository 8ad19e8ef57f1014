import type pg from 'pg';
import { encodeValue, PgQuery } from './pg-wire.js';
import type { FieldDescription, Settle, Wire, WireValue } from './pg-wire.js';
import { rowReader } from './row-reader.js';
import type { ReadRow } from './row-reader.js';
import { isStaleStatement } from './sql-state.js';

/** One statement of a round trip. The rows of a `silent` one (a scope, a begin) are not decoded. */
export interface Step {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
  readonly silent?: boolean;
  /** See Statement. */
  readonly jsonFrom?: number;
}

export interface StepResult {
  /** PostgreSQL's command tag, such as `INSERT 0 1`. */
  readonly tag: string;
  readonly rows: unknown[];
}

/** A statement as one connection knows it. */
interface Prepared {
  readonly text: string;
  readRow: ReadRow | null;
}

interface Sent {
  readonly step: Step;
  /** Empty for a statement that this connection does not prepare. */
  name: string;
  readonly values: readonly WireValue[];
  prepared: Prepared;
  parsed: boolean;
  described: boolean;
}

/** Bounds the memory of the server should a name ever be computed; names in the code are far fewer. */
const MOST_PREPARED = 500;

const preparedOn = new WeakMap<Wire, Map<string, Prepared>>();

/**
 * Several statements in one round trip and, unless one of them is `begin`, in one implicit transaction:
 * Parse (first time only) … Bind, Execute … Sync. With the scope as the first statement its transaction-local settings
 * hold for the statements behind it and are gone afterwards, at half the cost of begin, scope, query, commit.
 *
 * Two rules make this safe on a pipelined connection, where other queries follow before this one is answered. Every Parse
 * is sent before the first Bind, so that a scope that fails (a revoked credential) cannot skip a Parse that a later query
 * relies on. And statements that a failed query tried to prepare are forgotten, so that the next query prepares them again
 * (after a Close, which PostgreSQL accepts for unknown names).
 *
 * Columns are described once per connection: PostgreSQL refuses a prepared statement whose result changed.
 */
class SingleRoundTrip extends PgQuery<StepResult> {
  readonly #sent: Sent[];
  readonly #results: StepResult[] = [];
  #known = new Map<string, Prepared>();
  #rows: unknown[] = [];
  #failure: Error | null = null;

  constructor(steps: readonly Step[], settle: Settle<StepResult>) {
    super({ text: '' }, undefined, settle);
    // Encoded before anything is sent: a value that cannot be encoded must not leave half a query on the wire.
    this.#sent = steps.map((step) => ({
      step,
      name: step.name,
      values: step.values.map((value) => encodeValue(value)),
      prepared: { text: step.text, readRow: null },
      parsed: false,
      described: false,
    }));
  }

  override requiresPreparation(): boolean {
    return true;
  }

  override submit(connection: Wire): Error | null {
    this.#known = knownTo(connection);
    for (const { step } of this.#sent) {
      const known = this.#known.get(step.name);
      if (known && known.text !== step.text) return new Error(`Two texts share the statement name ${step.name}.`);
    }
    return super.submit(connection);
  }

  override prepare(connection: Wire): void {
    for (const sent of this.#sent) this.#parse(connection, sent);
    for (const sent of this.#sent) {
      if (sent.name === '') connection.parse({ name: '', text: sent.step.text });
      connection.bind({ portal: '', statement: sent.name, values: sent.values });
      if (!sent.step.silent && !sent.prepared.readRow) {
        sent.described = true;
        connection.describe({ type: 'P', name: '' });
      }
      connection.execute({ portal: '', rows: 0 });
    }
    connection.sync();
  }

  #parse(connection: Wire, sent: Sent): void {
    const known = sent.name === '' ? undefined : this.#known.get(sent.name);
    if (known) {
      sent.prepared = known;
    } else if (this.#known.size >= MOST_PREPARED) {
      sent.name = '';
    } else if (sent.name !== '') {
      sent.parsed = true;
      this.#known.set(sent.name, sent.prepared);
      connection.close({ type: 'S', name: sent.name });
      connection.parse({ name: sent.name, text: sent.step.text });
    }
  }

  override handleRowDescription(message: { fields: FieldDescription[] }): void {
    const sent = this.#sent[this.#results.length];
    if (sent) this.#guard(() => (sent.prepared.readRow = rowReader(message.fields, sent.step.jsonFrom)));
  }

  override handleDataRow(message: { fields: (string | null)[] }): void {
    const sent = this.#sent[this.#results.length];
    const readRow = sent?.prepared.readRow;
    if (readRow && !sent.step.silent && !this.#failure) this.#guard(() => this.#rows.push(readRow(message.fields)));
  }

  /** An error in here would end the connection with the queries of others. */
  #guard(read: () => unknown): void {
    try {
      read();
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error('A row could not be decoded.', { cause: error });
    }
  }

  override handleCommandComplete(message: { text: string }): void {
    const sent = this.#sent[this.#results.length];
    if (sent?.described && !this.#failure) sent.prepared.readRow ??= rowReader([]);
    this.#results.push({ tag: message.text, rows: this.#rows });
    this.#rows = [];
  }

  override handleEmptyQuery(): void {
    this.handleCommandComplete({ text: '' });
  }

  override handleReadyForQuery(): void {
    this.callback(this.#failure, this.#results);
  }

  override handleError(error: Error): void {
    const all = isStaleStatement(error);
    for (const { name, prepared, parsed } of this.#sent) {
      if ((parsed || all) && this.#known.get(name) === prepared) this.#known.delete(name);
    }
    this.callback(error, this.#results);
  }
}

function knownTo(connection: Wire): Map<string, Prepared> {
  let known = preparedOn.get(connection);
  if (!known) preparedOn.set(connection, (known = new Map<string, Prepared>()));
  return known;
}

/** Sends the statements in one round trip. Rejects with the error of PostgreSQL or of the connection. */
export function sendInOneRoundTrip(client: pg.ClientBase, steps: readonly Step[]): Promise<StepResult[]> {
  return new Promise((resolve, reject) => {
    const query = new SingleRoundTrip(steps, (error, results) => {
      if (error) reject(error);
      else resolve(results);
    });
    client.query(query as unknown as pg.Submittable);
  });
}
