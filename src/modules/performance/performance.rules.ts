/** One measured value of the service. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A histogram of one series: the observations up to each bound, and in total. */
export interface Buckets {
  /** Ascending; the last bound is infinite. Each count includes those of smaller bounds. */
  readonly bounds: readonly { readonly upTo: number; readonly count: number }[];
}

/** The observations between two snapshots of a histogram. */
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
export function mergeBuckets(all: readonly Buckets[]): Buckets {
  const [first, ...rest] = all;
  return {
    bounds: (first?.bounds ?? []).map(({ upTo, count }, i) => ({
      upTo,
      count: rest.reduce((sum, { bounds }) => sum + (bounds[i]?.count ?? 0), count),
    })),
  };
}

/** A quantile by linear interpolation within its bucket, as in Prometheus; beyond the last finite bound, that bound. */
export function quantile(q: number, { bounds }: Buckets): number {
  const rank = q * (bounds.at(-1)?.count ?? 0);
  const at = bounds.findIndex(({ count }) => count >= rank && count > 0);
  const bucket = bounds[at];
  const below = bounds[at - 1] ?? { upTo: 0, count: 0 };
  if (!bucket) return 0;
  if (!Number.isFinite(bucket.upTo)) return below.upTo;
  return below.upTo + ((bucket.upTo - below.upTo) * (rank - below.count)) / (bucket.count - below.count);
}
