/** Starts the suites that start processes of their own first: begun last, one of them would run alone for half a minute. */
import { createRequire } from 'node:module';
import { sep } from 'node:path';

// The sequencer that Jest itself uses, so its CommonJS comes from where Jest finds it.
const { default: Sequencer } = createRequire(createRequire(import.meta.url).resolve('jest'))('@jest/test-sequencer');
const LONG = ['start', 'invariants'].map((folder) => `${sep}test${sep}${folder}${sep}`);

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const isLong = ({ path }) => LONG.some((folder) => path.includes(folder));
    const sorted = super.sort(tests);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
}
