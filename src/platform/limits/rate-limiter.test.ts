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

  #one({ subject, period, budget, spent }: Claim): Grant {
    const key = `${subject} ${period}`;
    const used = (this.used.get(key) ?? 0) + spent;
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
 * Seen to fail: with a free hundredth that is never told to the ledger the single instance lets 1,010 through; with a share
 * that is forgotten at the end of a lease it lets fewer through than the budget.
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

  it('is exceeded by at most a hundredth for each further instance', async () => {
    const ledger = new Ledger();
    const ten = Array.from({ length: 10 }, () => instance(ledger, 1_000));
    expect(await admitted(ten.slice(0, 1), 1_500)).toBe(1_000);
    expect(await admitted(ten.slice(1), 1_500)).toBe(90);
  });

  it('costs nothing below its hundredth, and few questions above', async () => {
    const ledger = new Ledger();
    const one = instance(ledger, 100_000);
    expect(await admitted([one], 1_000)).toBe(1_000);
    expect(ledger.calls).toBe(0);
    expect(await admitted([one], 150_000)).toBe(99_000);
    expect(ledger.calls).toBeLessThan(250);
  });

  it('answers at once while the share lasts', () => {
    const one = instance(new Ledger(), 1_000);
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
