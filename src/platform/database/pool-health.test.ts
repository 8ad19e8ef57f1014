import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Fault } from '../faults/fault.js';
import { HealthMonitor } from './pool-health.js';
import type { Probed } from './pool-health.js';

/** Seen to fail: an interval of 60 seconds, a timer that stop() leaves running, and a full pool that counts as ill each fail. */
describe('the health of the pools', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  function monitored(run: Probed['run']): HealthMonitor {
    return new HealthMonitor(new Map([['read', { run }]]));
  }

  it('is checked every 30 seconds until the monitor is stopped', () => {
    const run = jest.fn<Probed['run']>().mockResolvedValue([]);
    const monitor = monitored(run);
    monitor.start();
    jest.advanceTimersByTime(90_000);
    expect(run).toHaveBeenCalledTimes(3);
    monitor.stop();
    jest.advanceTimersByTime(90_000);
    expect(run).toHaveBeenCalledTimes(3);
  });

  it('is bad when a probe fails, and good when the pool is only full', async () => {
    const run = jest.fn<Probed['run']>();
    const monitor = monitored(run);
    run.mockRejectedValueOnce(new Error('connection refused'));
    expect(await monitor.check()).toMatchObject([{ pool: 'read', healthy: false }]);
    run.mockRejectedValueOnce(new Fault('POOL_EXHAUSTED'));
    expect(await monitor.check()).toMatchObject([{ pool: 'read', healthy: true }]);
  });
});
