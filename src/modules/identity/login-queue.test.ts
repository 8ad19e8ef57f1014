import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LoginQueue } from './login-queue.js';

/** Work that ends when the test says so. */
function gate(): { readonly work: () => Promise<string>; open(): void } {
  let open = (): void => undefined;
  const done = new Promise<string>((resolve) => {
    open = () => resolve('done');
  });
  return { work: () => done, open: () => open() };
}

/** Lets everything that is ready run. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
}

describe('the queue of password checks', () => {
  let queue: LoginQueue;
  let started: string[];

  const enter = (key: string, work: () => Promise<unknown> = () => Promise.resolve()): Promise<unknown> =>
    queue.run(key, () => {
      started.push(key);
      return work();
    });

  beforeEach(() => {
    jest.useFakeTimers();
    queue = new LoginQueue();
    started = [];
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('runs two checks at once, and never two of one account', async () => {
    const gates = [gate(), gate(), gate()];
    const all = [enter('a', gates[0]!.work), enter('a', gates[1]!.work), enter('b', gates[2]!.work), enter('c')];
    await settle();
    expect(started).toEqual(['a', 'b']);
    gates[0]!.open();
    await settle();
    expect(started).toEqual(['a', 'b', 'a']);
    gates[2]!.open();
    await settle();
    expect(started).toEqual(['a', 'b', 'a', 'c']);
    gates[1]!.open();
    await Promise.all(all);
  });

  it('holds a slot until the held promise has settled, while the response goes out', async () => {
    const count = gate();
    const first = queue.run('a', async (holdSlot) => {
      holdSlot(count.work());
      throw new Error('wrong password');
    });
    await expect(first).rejects.toThrow('wrong password');
    const second = enter('a');
    await settle();
    expect(started).toEqual([]);
    count.open();
    await second;
    expect(started).toEqual(['a']);
  });

  it('refuses a check that has waited too long, and one that finds the queue full', async () => {
    const held = gate();
    const running = enter('a', held.work);
    const late = enter('a');
    const outcome = expect(late).rejects.toMatchObject({ code: 'RATE_LIMITED', headers: { 'Retry-After': '2' } });
    jest.advanceTimersByTime(5_000);
    await outcome;
    const waiting = Array.from({ length: 200 }, () => enter('a'));
    await expect(enter('a')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    held.open();
    await Promise.all([running, ...waiting]);
    expect(started).toHaveLength(201);
  });
});
