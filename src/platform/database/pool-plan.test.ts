import { describe, expect, it } from '@jest/globals';
import { planPools, TIMINGS } from './pool-plan.js';

describe('The plan of the pools', () => {
  it.each([
    // sessions, multiplexed + checked-out reads, writes, imports, analytics, background, jobs
    [10, 1, 1, 2, 1, 1, 1, 2],
    [16, 3, 2, 3, 1, 1, 2, 3],
    [20, 6, 2, 4, 1, 1, 2, 3],
    [100, 52, 2, 27, 4, 9, 2, 3],
  ])('divides %i sessions, 60/30/10 where requests share them', (max, multiplexed, read, write, ...others) => {
    const plan = planPools(max, 2);
    const { pools } = plan;
    expect(plan.multiplexer.connections).toBe(multiplexed);
    expect([pools.read.max, pools.write.max]).toEqual([read, write]);
    expect([pools.imports.max, pools.analytics.max, pools.background.max, plan.jobs]).toEqual(others);
  });

  it('stays within the sessions that were asked for, one of them for notifications', () => {
    for (let sessions = 10; sessions <= 1_000; sessions += 1) {
      const { multiplexer, pools, jobs } = planPools(sessions, 2);
      const own = Object.values(pools).reduce((sum, { max }) => sum + max, 0);
      expect(1 + jobs + multiplexer.connections + own).toBe(sessions);
    }
  });

  it('keeps 40 % of the minimum for reads and 30 % for writes, never more than there is room for', () => {
    expect(planPools(30, 10).pools.write.min).toBe(3);
    expect(planPools(100, 2).pools.read.min).toBe(1);
    expect(planPools(100, 4).pools.read.min).toBe(2);
    expect(planPools(10, 100).pools.write.min).toBe(2);
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
    for (const { name, acquireTimeoutMs } of Object.values(pools)) {
      expect(acquireTimeoutMs).toBe(name === 'imports' ? TIMINGS.importTurnMs : 123);
    }
    expect(pools).toMatchObject({
      read: { role: 'tm_app_ro', readOnly: true },
      write: { role: 'tm_app_rw', readOnly: false },
      imports: { role: 'tm_app_rw', readOnly: false },
      analytics: { role: 'tm_analytics', readOnly: true },
      background: { role: 'tm_background', readOnly: false },
    });
  });
});
