import { describe, expect, it } from '@jest/globals';
import { countOf, observedSince, quantile, mergeBuckets } from './performance.rules.js';
import type { Buckets } from './performance.rules.js';

const buckets = (...counts: number[]): Buckets => ({
  bounds: [1, 2, 4, Infinity].map((upTo, i) => ({ upTo, count: counts[i] ?? 0 })),
});

describe('a histogram', () => {
  it('tells what was observed since the last look', () => {
    expect(observedSince(buckets(1, 2, 3, 4), buckets(2, 5, 6, 8))).toEqual(buckets(1, 3, 3, 4));
    expect(observedSince(undefined, buckets(1, 2, 3, 4))).toEqual(buckets(1, 2, 3, 4));
    expect(countOf(buckets(1, 2, 3, 4))).toBe(4);
  });

  it('is the sum of its series', () => {
    expect(mergeBuckets([buckets(1, 2, 3, 4), buckets(0, 1, 1, 1)])).toEqual(buckets(1, 3, 4, 5));
    expect(countOf(mergeBuckets([]))).toBe(0);
  });

  // As histogram_quantile() of Prometheus answers for the same buckets.
  it.each([
    [0.5, buckets(2, 4, 4, 4), 1],
    [0.75, buckets(2, 4, 4, 4), 1.5],
    [0.99, buckets(0, 100, 100, 100), 1.99],
    [0.5, buckets(0, 0, 4, 4), 3],
    [0.99, buckets(0, 0, 0, 4), 4],
    [0.5, buckets(0, 0, 0, 0), 0],
  ])('has the quantile %p of %p at %p', (q, observed, wanted) => {
    expect(quantile(q, observed)).toBeCloseTo(wanted, 10);
  });
});
