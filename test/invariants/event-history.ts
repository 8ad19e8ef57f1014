import type { Life } from './relay-process.js';

/** A committed change, as recorded in the trail. */
export interface Committed {
  readonly id: string;
}

/** An event of the stream. */
export interface Streamed {
  readonly position: string;
  readonly id: string;
  readonly record: string;
  /** The number of changes of the record, including this one. */
  readonly n: number;
}

/** Every contradiction between the stream and the commits, or between instances; empty if there is none. */
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
  const published = new Set(stream.map((event) => event.id));
  const done = new Set(committed.map((row) => row.id));
  return [
    ...committed.filter((row) => !published.has(row.id)).map((row) => `missed: ${row.id}`),
    ...stream.filter((event) => !done.has(event.id)).map((event) => `phantom: ${event.id}`),
    ...(published.size < stream.length ? [`repeated: ${stream.length - published.size} events`] : []),
  ];
}

function positionViolations(stream: readonly Streamed[]): string[] {
  return stream.flatMap(({ position }, index) =>
    Number(position) === index + 1 ? [] : [`gap: ${position} stands at place ${index + 1}`],
  );
}

/** Every record starts at 0, and every change adds 1. */
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
