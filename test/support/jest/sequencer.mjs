/** Runs the suites that start processes first: started last, one of them would run alone for half a minute. */
import { sep } from 'node:path';
import { jestRequire } from './packages.mjs';

const { default: Sequencer } = jestRequire('@jest/test-sequencer');
const LONG = ['start', 'invariants'].map((folder) => `${sep}test${sep}${folder}${sep}`);

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const isLong = ({ path }) => LONG.some((folder) => path.includes(folder));
    const sorted = super.sort(tests);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
}
