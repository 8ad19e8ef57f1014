import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../platform/config/config.js';
import { delayAfter, FAILING_FROM, pauseAfter } from './webhook-retry.rules.js';

const schedule = loadConfig({}).webhooks.retrySeconds;

/** Seen to fail: a schedule of equal steps, no jitter, and a pause that does not double each fail. */
describe('the delays between attempts', () => {
  it('grow, and vary by a fifth', () => {
    const delays = schedule.map((_, index) => delayAfter(index + 1, schedule, null, 0.5));
    expect(delays).toEqual([...schedule]);
    expect(delays).toEqual([...new Set(schedule)].toSorted((one, other) => one - other));
    expect([0, 1].map((random) => delayAfter(2, [10, 100], null, random))).toEqual([80, 120]);
  });

  it('end with the schedule, and are never shorter than the receiver asks for', () => {
    expect(delayAfter(schedule.length + 1, schedule, null, 0.5)).toBeNull();
    expect(delayAfter(1, [10], 60, 0.5)).toBe(60);
  });
});

describe('the pause of a failing webhook', () => {
  it('begins with the fifth failure and doubles up to five minutes', () => {
    const pauses = [0, 1, 2, 3, 20].map((more) => pauseAfter(FAILING_FROM - 1 + more, [5, 300]));
    expect(pauses).toEqual([0, 5, 10, 20, 300]);
  });
});
