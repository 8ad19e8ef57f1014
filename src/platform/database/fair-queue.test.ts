import { describe, expect, it } from '@jest/globals';
import { FairQueue } from './fair-queue.js';

const FOREVER = 1_000_000;

/** Enters again and again, and notes who was admitted. */
function caller(queue: FairQueue, admitted: string[]): (subject: string) => void {
  return (subject) => void queue.enter(subject, FOREVER).then(() => admitted.push(subject));
}

const settled = (): Promise<void> => new Promise((turn) => setImmediate(turn));

/* Seen to fail: with one line for all subjects bob is the last one; without the free slot he is not admitted at first. */
describe('A fair queue', () => {
  it('keeps one slot from each subject', async () => {
    const admitted: string[] = [];
    const queue = new FairQueue(3, 100);
    const enter = caller(queue, admitted);
    for (let n = 0; n < 5; n += 1) enter('ada');
    enter('bob');
    await settled();
    expect(admitted).toEqual(['ada', 'ada', 'bob']);
    expect(queue.waiting).toBe(3);
  });

  it('gives the only slot to anybody', async () => {
    expect(await new FairQueue(1, 100).enter('ada', FOREVER)).toBeNull();
  });

  it('admits those who wait in turns', async () => {
    const admitted: string[] = [];
    const queue = new FairQueue(1, 100);
    const enter = caller(queue, admitted);
    for (const subject of ['first', 'ada', 'ada', 'ada', 'bob', 'carol', 'bob']) enter(subject);
    for (let n = 0; n < 6; n += 1) {
      await settled();
      queue.leave(admitted.at(-1) ?? '');
    }
    await settled();
    expect(admitted).toEqual(['first', 'ada', 'bob', 'carol', 'ada', 'bob', 'ada']);
  });

  it('lets one subject fill half of it, and refuses more at once', async () => {
    const queue = new FairQueue(1, 4);
    const enter = caller(queue, []);
    for (let n = 0; n < 3; n += 1) enter('ada');
    expect(await queue.enter('ada', FOREVER)).toBe('full');
    enter('bob');
    enter('carol');
    expect(await queue.enter('dan', FOREVER)).toBe('full');
  });

  it('forgets those who have waited too long or have left', async () => {
    const queue = new FairQueue(1, 100);
    await queue.enter('ada', FOREVER);
    expect(await queue.enter('bob', 1)).toBe('late');
    const gone = new AbortController();
    const left = queue.enter('carol', FOREVER, gone.signal);
    gone.abort();
    await expect(left).rejects.toThrow();
    expect(queue.waiting).toBe(0);
    queue.leave('ada');
    expect(await queue.enter('dan', FOREVER)).toBeNull();
  });
});
