import { describe, expect, it } from '@jest/globals';
import { runAgain } from './run-again.js';

const lost = (): Error => new Error('Connection terminated unexpectedly');

/** Fails so many times before it succeeds, and counts the attempts. */
function failing(times: number, error: () => Error): { run: () => Promise<string>; attempts: () => number } {
  let attempts = 0;
  const run = (): Promise<string> => {
    attempts += 1;
    return attempts <= times ? Promise.reject(error()) : Promise.resolve('rows');
  };
  return { run, attempts: () => attempts };
}

describe('runAgain', () => {
  it('repeats a read that meets three dead connections in turn', async () => {
    const read = failing(3, lost);
    expect(await runAgain(read.run, true)).toBe('rows');
    expect(read.attempts()).toBe(4);
  });

  it('gives up when PostgreSQL is away', async () => {
    const read = failing(10, lost);
    await expect(runAgain(read.run, true)).rejects.toThrow('Connection terminated');
    expect(read.attempts()).toBe(4);
  });

  it('never repeats a write whose connection was lost, because it may have been done', async () => {
    const write = failing(1, lost);
    await expect(runAgain(write.run, false)).rejects.toThrow('Connection terminated');
    expect(write.attempts()).toBe(1);
  });
});
