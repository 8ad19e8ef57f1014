import pg from 'pg';

/**
 * The internals of pg 8.23.1 that the single round trip relies on, in one place, so that an update of pg can be checked
 * against them (package.json pins the version, single-round-trip.test.ts tests the properties).
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

/** The messages that pg's Client passes to the active query, and the submit that it calls when a query becomes active. */
export interface WireQuery<Result> {
  /** Settles the query; pg wraps it with its query timeout. */
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

/** In pipeline mode pg only accepts instances of its own Query class. */
export const PgQuery = pg.Query as unknown as new <Result>(
  config: { text: string },
  values: undefined,
  callback: Settle<Result>,
) => WireQuery<Result>;

export function wireOf(client: pg.ClientBase): Wire {
  return (client as unknown as { connection: Wire }).connection;
}

/** What a cancel request identifies the backend by. */
export function backendOf(client: pg.ClientBase): { processID: number; secretKey: number } {
  return client as unknown as { processID: number; secretKey: number };
}

/** pg's own encoding of parameters: arrays become array literals, objects JSON, dates timestamps. */
export const encodeValue = (pg as unknown as { utils: { prepareValue: (value: unknown) => WireValue } }).utils
  .prepareValue;

export type Decode = (text: string) => unknown;

// The declared parameter type lists only built-in types; domains and enums have other OIDs.
const typeParsers = pg.types as unknown as { getTypeParser(oid: number, format: 'text'): Decode };

export function decoderFor(field: FieldDescription): Decode {
  return typeParsers.getTypeParser(field.dataTypeID, 'text');
}
