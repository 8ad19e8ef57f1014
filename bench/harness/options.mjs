import { parseArgs } from 'node:util';
import { root } from '../../bin/prepare.mjs';

const HELP = `npm run bench -- [options]
  --quick         10,000 tasks and short runs: to see that everything works, not to compare numbers
  --only <name>   only the measurements whose name holds this (repeatable)
  --data <folder> keep the databases here and use them again
  --dist <folder> the build to measure (dist)
  --results <file> where to write (bench/results/latest.json)
  --large         the measurement at ten million tasks too, which takes far longer and far more disk
  --large-tasks <n>, --large-users <n>  its size (10,000,000 and 100,000; a team for each ten users)`;

/** @returns the settings of this run; ends the process after --help */
export function readOptions() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      data: { type: 'string' },
      dist: { type: 'string', default: `${root}/dist` },
      results: { type: 'string', default: `${root}/bench/results/latest.json` },
      large: { type: 'boolean', default: false },
      'large-tasks': { type: 'string', default: '10000000' },
      'large-users': { type: 'string', default: '100000' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const large = { tasks: wholeNumber(values, 'large-tasks'), users: wholeNumber(values, 'large-users') };
  const sizes = values.quick
    ? { main: { tasks: 10_000, users: 100, teams: 10 }, small: { tasks: 1_000, users: 30, teams: 3 }, tenant: 3_000 }
    : {
        main: { tasks: 1_000_000, users: 10_000, teams: 1_000 },
        small: { tasks: 10_000, users: 100, teams: 10 },
        tenant: 100_000,
      };
  const size = { ...sizes, large: { ...large, teams: Math.max(3, Math.round(large.users / 10)) } };
  return { ...values, size, seconds: values.quick ? 1 : 2, repetitions: values.quick ? 2 : 5 };
}

function wholeNumber(values, name) {
  const number = Number(values[name]);
  if (Number.isSafeInteger(number) && number >= 30) return number;
  console.error(`--${name} takes a whole number of 30 or more, not "${values[name]}".`);
  process.exit(2);
}
