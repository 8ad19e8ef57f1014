import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LoginLine } from './login-line.js';

/** A piece of work that ends when the test says so. */
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

describe('the line before the password check', () => {
  let line: LoginLine;
  let started: string[];

  const enter = (key: string, work: () => Promise<unknown> = () => Promise.resolve()): Promise<unknown> =>
    line.run(key, () => {
      started.push(key);
      return work();
    });

  beforeEach(() => {
    jest.useFakeTimers();
    line = new LoginLine();
    started = [];
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('lets two in at once, and never two of one account', async () => {
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

  it('keeps a place until what was kept has settled, while the answer goes out', async () => {
    const count = gate();
    const first = line.run('a', async (keep) => {
      keep(count.work());
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

  it('sends away who has waited too long, and who finds it full', async () => {
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
