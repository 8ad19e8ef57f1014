import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { BudgetGrants } from './budget-grants.js';
import type { BudgetLedger, Claim, Grant } from './budget-ledger.js';
import { GRANT_SHARE, PERIOD_MS } from './budget-ledger.js';
import { RateLimiter } from './rate-limiter.js';

/** What the database does, without one. */
class Ledger implements BudgetLedger {
  readonly used = new Map<string, number>();
  calls = 0;
  failing = false;

  take(claims: readonly Claim[]): Promise<readonly Grant[]> {
    this.calls += 1;
    if (this.failing) return Promise.reject(new Error('away'));
    return Promise.resolve(claims.map((claim) => this.#one(claim)));
  }

  #one({ subject, period, budget }: Claim): Grant {
    const key = `${subject} ${period}`;
    const used = this.used.get(key) ?? 0;
    const left = Math.max(budget - used, 0);
    const granted = Math.ceil(left / GRANT_SHARE);
    this.used.set(key, used + granted);
    return { granted, remaining: left - granted };
  }
}

const instance = (ledger: Ledger, limit: number, now: () => number = () => 0): RateLimiter =>
  new RateLimiter(limit, 'credential', new BudgetGrants(ledger, () => undefined), now);

async function admitted(limiters: readonly RateLimiter[], times: number): Promise<number> {
  let allowed = 0;
  for (let n = 0; n < times; n += 1) {
    const verdict = await limiters[n % limiters.length]!.admit('somebody');
    if (verdict.allowed) allowed += 1;
  }
  return allowed;
}

/*
 * Seen to fail: with a hundredth that each instance admits without asking, a budget was exceeded; with a share that is
 * forgotten at the end of a lease one lets fewer through than the budget.
 */
describe('a budget of requests', () => {
  beforeEach(() => Logger.overrideLogger(false));
  afterEach(() => Logger.overrideLogger(true));

  it('is exact on one instance', async () => {
    expect(await admitted([instance(new Ledger(), 1_000)], 1_500)).toBe(1_000);
    expect(await admitted([instance(new Ledger(), 7)], 20)).toBe(7);
  });

  it('is shared by ten instances, exactly while they all keep asking', async () => {
    const ledger = new Ledger();
    const ten = Array.from({ length: 10 }, () => instance(ledger, 1_000));
    expect(await admitted(ten, 3_000)).toBe(1_000);
  });

  it('is never exceeded, in whatever order instances come', async () => {
    const ledger = new Ledger();
    const ten = Array.from({ length: 10 }, () => instance(ledger, 1_000));
    expect(await admitted(ten.slice(0, 1), 1_500)).toBe(1_000);
    expect(await admitted(ten.slice(1), 1_500)).toBe(0);
    const other = Array.from({ length: 4 }, () => instance(new Ledger(), 100));
    expect(await admitted(other.slice(0, 1), 150)).toBe(100);
  });

  it('is never exceeded by four instances that are asked at once', async () => {
    const ledger = new Ledger();
    const four = Array.from({ length: 4 }, () => instance(ledger, 100));
    const verdicts = await Promise.all(Array.from({ length: 2_000 }, async (_, n) => four[n % 4]!.admit('somebody')));
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(100);
  });

  it('is asked for with the first request of a minute, and few times after it', async () => {
    const ledger = new Ledger();
    const one = instance(ledger, 100_000);
    expect(await admitted([one], 1_000)).toBe(1_000);
    expect(ledger.calls).toBe(1);
    expect(await admitted([one], 150_000)).toBe(99_000);
    expect(ledger.calls).toBeLessThan(250);
  });

  it('may be another one for a subject', async () => {
    const one = instance(new Ledger(), 1_000);
    const verdicts = [];
    for (let n = 0; n < 5; n += 1) verdicts.push(await one.admit('a key with a limit', 3));
    expect(verdicts.map(({ allowed, limit }) => [allowed, limit])).toEqual(
      [true, true, true, false, false].map((allowed) => [allowed, 3]),
    );
  });

  it('answers at once while the share lasts', async () => {
    const one = instance(new Ledger(), 1_000);
    await one.admit('somebody');
    for (let n = 0; n < 10; n += 1) expect(one.admit('somebody')).not.toBeInstanceOf(Promise);
  });

  it('is asked for once by requests that come together', async () => {
    const ledger = new Ledger();
    const one = instance(ledger, 50);
    const verdicts = await Promise.all(Array.from({ length: 60 }, async () => one.admit('somebody')));
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(50);
  });

  it('is whole again with the next minute, and belongs to one subject alone', async () => {
    let now = 0;
    const one = instance(new Ledger(), 5, () => now);
    expect(await admitted([one], 10)).toBe(5);
    expect(await one.admit('somebody else')).toMatchObject({ allowed: true, remaining: 4 });
    now = PERIOD_MS - 1;
    expect(await one.admit('somebody')).toEqual({ allowed: false, limit: 5, remaining: 0, resetSeconds: 1 });
    now = PERIOD_MS;
    expect(await admitted([one], 10)).toBe(5);
  });

  it('counts down', async () => {
    const one = instance(new Ledger(), 3);
    const remaining: number[] = [];
    for (let n = 0; n < 4; n += 1) remaining.push((await one.admit('somebody')).remaining);
    expect(remaining).toEqual([2, 1, 0, 0]);
  });

  it('limits for itself while the ledger is away', async () => {
    const ledger = new Ledger();
    ledger.failing = true;
    const one = instance(ledger, 1_000);
    expect(await admitted([one], 2_000)).toBe(1_000);
    expect(ledger.calls).toBeLessThan(5);
  });

  it('tells what is known without taking any', async () => {
    const one = instance(new Ledger(), 1);
    expect(one.peek('somebody')).toBeNull();
    await one.admit('somebody');
    await one.admit('somebody');
    expect(one.peek('somebody')).toMatchObject({ allowed: false });
  });
});
