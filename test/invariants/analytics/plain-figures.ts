interface Summary {
  readonly count: number;
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p75: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
}

/** Mean and percentiles, linearly interpolated. */
export function summary(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number | null => {
    if (sorted.length === 0) return null;
    const position = share * (sorted.length - 1);
    const below = sorted[Math.floor(position)] ?? 0;
    return below + ((sorted[Math.ceil(position)] ?? 0) - below) * (position - Math.floor(position));
  };
  const mean = sorted.length === 0 ? null : sorted.reduce((a, b) => a + b, 0) / sorted.length;
  return { count: sorted.length, mean, p50: at(0.5), p75: at(0.75), p90: at(0.9), p95: at(0.95) };
}

/** Means and percentiles are sums of floating point numbers, whose last digits depend on their order. */
export const rounded = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, one: unknown) => (typeof one === 'number' ? Number(one.toPrecision(9)) : one));
