import pg from 'pg';

/**
 * The inside of pg 8.23.1 that the single-round-trip query stands on, written down in one place so that an update of pg is
 * checked against it (package.json pins the version, single-round-trip.test.ts holds the properties).
 */
export interface Wire {
  parse(message: { name: string; text: string }): void;
  bind(message: { portal: string; statement: string; values: readonly WireValue[] }): void;
  describe(message: { type: 'P'; name: string }): void;
  execute(message: { portal: string; rows: number }): void;
  close(message: { type: 'S'; name: string }): void;
  sync(): void;
  readonly stream: { destroy(error?: Error): void; cork(): void; uncork(): void };
}

export type WireValue = string | Buffer | null;

export interface FieldDescription {
  readonly name: string;
  readonly dataTypeID: number;
}

export type Settle<Result> = (error: Error | null, results: Result[]) => void;

/** The messages that pg's Client hands to the query in front, and the submit it calls when the query's turn comes. */
export interface WireQuery<Result> {
  /** What settles; pg wraps it with its query timeout. */
  callback: Settle<Result>;
  submit(connection: Wire): Error | null;
  requiresPreparation(): boolean;
  prepare(connection: Wire): void;
  handleRowDescription(message: { fields: FieldDescription[] }): void;
  handleDataRow(message: { fields: (string | null)[] }): void;
  handleCommandComplete(message: { text: string }): void;
  handleEmptyQuery(): void;
  handleReadyForQuery(): void;
  handleError(error: Error): void;
}

/** pg refuses in pipeline mode whatever is no instance of its own Query class, so a query of ours has to extend it. */
export const PgQuery = pg.Query as unknown as new <Result>(
  config: { text: string },
  values: undefined,
  callback: Settle<Result>,
) => WireQuery<Result>;

export function wireOf(client: pg.ClientBase): Wire {
  return (client as unknown as { connection: Wire }).connection;
}

/** What a cancel request has to name. */
export function backendOf(client: pg.ClientBase): { processID: number; secretKey: number } {
  return client as unknown as { processID: number; secretKey: number };
}

/** pg's own encoding of parameters: arrays become array literals, objects JSON, dates timestamps. */
export const encodeValue = (pg as unknown as { utils: { prepareValue: (value: unknown) => WireValue } }).utils
  .prepareValue;

export type Decode = (text: string) => unknown;

// The declared parameter is an enumeration of the built-in types; a domain or an enum has a number of its own.
const typeParsers = pg.types as unknown as { getTypeParser(oid: number, format: 'text'): Decode };

export function decoderFor(field: FieldDescription): Decode {
  return typeParsers.getTypeParser(field.dataTypeID, 'text');
}
