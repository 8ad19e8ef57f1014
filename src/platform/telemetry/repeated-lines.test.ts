import { expect, it } from '@jest/globals';
import { RepeatedLines } from './repeated-lines.js';

it('tells how often a line was left out when it is written again', () => {
  let now = 0;
  const lines = new RepeatedLines(() => now);
  const admitted = ['a', 'a', 'b', 'a'].map((line) => lines.admit(line));
  now = 60_000;
  expect([...admitted, lines.admit('a'), lines.admit('b'), lines.admit('a')]).toEqual([0, null, 0, null, 2, 0, null]);
});

it('writes everything when there are more different lines than it remembers', () => {
  const lines = new RepeatedLines(() => 0);
  for (let index = 0; index < 500; index += 1) lines.admit(`line ${index}`);
  expect([lines.admit('one more'), lines.admit('one more'), lines.admit('line 7')]).toEqual([0, 0, null]);
});
