import { describe, expect, it } from '@jest/globals';
import { planPools, TIMINGS } from './pool-plan.js';

describe('The plan of the pools', () => {
  it.each([
    // max, multiplexed + checked-out reads, writes, analytics
    [8, 3, 2, 3, 1],
    [20, 10, 2, 6, 2],
    [10, 4, 2, 3, 1],
    [3, 1, 1, 1, 1],
    [100, 58, 2, 30, 10],
  ])('shares %i connections 60/30/10, each rounded up', (max, multiplexed, read, write, analytics) => {
    const plan = planPools(max, 2);
    expect(plan.multiplexer.connections).toBe(multiplexed);
    expect(plan.pools.read.max).toBe(read);
    expect(plan.pools.write.max).toBe(write);
    expect(plan.pools.analytics.max).toBe(analytics);
    expect(multiplexed + read).toBe(Math.ceil(max * 0.6));
  });

  it('keeps 40 % of the minimum for reads and 30 % for writes, never more than there is room for', () => {
    expect(planPools(20, 10).pools.write.min).toBe(3);
    expect(planPools(100, 2).pools.read.min).toBe(1);
    expect(planPools(100, 4).pools.read.min).toBe(2);
    expect(planPools(3, 100).pools.write.min).toBe(1);
  });

  it('lets the server end every statement before its client gives up on it', () => {
    const { multiplexer, pools } = planPools(8, 2);
    expect(multiplexer.statementTimeoutMs).toBeLessThan(multiplexer.deadlineMs);
    for (const pool of Object.values(pools)) expect(pool.statementTimeoutMs).toBeLessThan(pool.queryTimeoutMs);
    expect([pools.read, pools.write].map((pool) => pool.statementTimeoutMs)).toEqual([30_000, 60_000]);
    expect(pools.analytics.statementTimeoutMs).toBeGreaterThan(pools.write.statementTimeoutMs);
  });

  it('gives every pool an end to waiting, and only writers the right to write', () => {
    const { pools } = planPools(8, 2, { ...TIMINGS, acquireMs: 123 });
    for (const pool of Object.values(pools)) expect(pool.acquireTimeoutMs).toBe(123);
    expect(pools).toMatchObject({
      read: { role: 'tm_app_ro', readOnly: true },
      write: { role: 'tm_app_rw', readOnly: false },
      analytics: { role: 'tm_analytics', readOnly: true },
      background: { role: 'tm_background', readOnly: false },
    });
  });
});
