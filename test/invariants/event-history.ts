import type { Life } from './relay-process.js';

/** A change that was committed, as the trail has it. */
export interface Committed {
  readonly id: string;
}

/** An event as it stands in the stream. */
export interface Streamed {
  readonly position: string;
  readonly id: string;
  readonly record: string;
  /** How often the record had been changed, the change included. */
  readonly n: number;
}

/** Everything in which the stream contradicts what was committed, or one instance another; empty when nothing does. */
export function streamViolations(
  committed: readonly Committed[],
  stream: readonly Streamed[],
  lives: readonly Life[],
): string[] {
  return [
    ...setViolations(committed, stream),
    ...positionViolations(stream),
    ...orderViolations(stream),
    ...lives.flatMap((life) => lifeViolations(life, stream)),
  ];
}

function setViolations(committed: readonly Committed[], stream: readonly Streamed[]): string[] {
  const told = new Set(stream.map((event) => event.id));
  const done = new Set(committed.map((row) => row.id));
  return [
    ...committed.filter((row) => !told.has(row.id)).map((row) => `missed: ${row.id}`),
    ...stream.filter((event) => !done.has(event.id)).map((event) => `phantom: ${event.id}`),
    ...(told.size < stream.length ? [`repeated: ${stream.length - told.size} events`] : []),
  ];
}

function positionViolations(stream: readonly Streamed[]): string[] {
  return stream.flatMap(({ position }, index) =>
    Number(position) === index + 1 ? [] : [`gap: ${position} stands at place ${index + 1}`],
  );
}

/** Every record was made with 0, and every change adds 1. */
function orderViolations(stream: readonly Streamed[]): string[] {
  const seen = new Map<string, number>();
  return stream.flatMap(({ record, n, position }) => {
    const before = seen.get(record) ?? -1;
    seen.set(record, n);
    return n === before + 1 ? [] : [`order: ${record} goes from ${before} to ${n} at ${position}`];
  });
}

function lifeViolations({ from, handed }: Life, stream: readonly Streamed[]): string[] {
  return handed.flatMap(([position, id], index) => {
    const wrongPlace = BigInt(position) !== from + BigInt(index + 1);
    const other = stream[Number(position) - 1]?.id !== id;
    return [
      ...(wrongPlace ? [`handed out: ${position} after ${String(from)} at place ${index + 1}`] : []),
      ...(other ? [`differs: ${id} at ${position} is another event in the stream`] : []),
    ];
  });
}
