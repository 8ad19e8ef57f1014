/** One number that the service measured of itself. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A histogram of one series: observations up to each bound, and all of them. */
export interface Buckets {
  /** Ascending, the last one infinite; counts include those of the smaller bounds. */
  readonly bounds: readonly { readonly upTo: number; readonly count: number }[];
}

/** What was observed between two looks at a histogram. */
export function observedSince(before: Buckets | undefined, now: Buckets): Buckets {
  if (!before) return now;
  return {
    bounds: now.bounds.map(({ upTo, count }, i) => ({ upTo, count: count - (before.bounds[i]?.count ?? 0) })),
  };
}

export function countOf({ bounds }: Buckets): number {
  return bounds.at(-1)?.count ?? 0;
}

/** The sum of several series with the same bounds. */
export function together(all: readonly Buckets[]): Buckets {
  const [first, ...rest] = all;
  return {
    bounds: (first?.bounds ?? []).map(({ upTo, count }, i) => ({
      upTo,
      count: rest.reduce((sum, { bounds }) => sum + (bounds[i]?.count ?? 0), count),
    })),
  };
}

/** A quantile as Prometheus estimates it: evenly spread within its bucket; beyond the last bound, that bound. */
export function quantile(q: number, { bounds }: Buckets): number {
  const rank = q * (bounds.at(-1)?.count ?? 0);
  const at = bounds.findIndex(({ count }) => count >= rank && count > 0);
  const bucket = bounds[at];
  const below = bounds[at - 1] ?? { upTo: 0, count: 0 };
  if (!bucket) return 0;
  if (!Number.isFinite(bucket.upTo)) return below.upTo;
  return below.upTo + ((bucket.upTo - below.upTo) * (rank - below.count)) / (bucket.count - below.count);
}
