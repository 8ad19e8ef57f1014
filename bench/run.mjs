import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { WrongAnswer } from './harness/check.mjs';
import { generator } from './harness/load.mjs';
import { readOptions } from './harness/options.mjs';
import { limit } from './harness/pgbench.mjs';
import { printTable } from './harness/table.mjs';
import { measurements } from './measurements.mjs';
import { keyOf } from './people.mjs';
import { startService } from './service.mjs';
import { recordStatements } from './statements.mjs';
import { openWorld } from './world.mjs';

const options = readOptions();
const say = (line) => console.error(line);

say(`Load generator: ${generator}. Limit: ${limit}.`);
const world = await openWorld(options, say);
const services = new Map();
Object.assign(world, {
  limit,
  logs: mkdtempSync(join(tmpdir(), 'taskmaster-bench-logs-')),
  statements: await recordStatements(world.built),
  note: (line) => say(`  ${line}`),
  /** The service on a database, started once. */
  async service(database) {
    if (!services.has(database.name))
      services.set(database.name, await startService(world, database, { key: keyOf(0) }));
    return services.get(database.name);
  },
});

const wanted = ({ name, onlyWith }) =>
  (onlyWith === undefined || options[onlyWith]) &&
  (options.only.length === 0 || options.only.some((part) => name.includes(part)));
const results = [];
const failed = [];
try {
  for (const measurement of measurements.filter(wanted)) {
    const found = await measured(measurement);
    if (found === null) failed.push(measurement.name);
    else if (measurement.isHeadline) results.unshift(...found);
    else results.push(...found);
  }
} finally {
  await stopServices();
  await world.close();
}
mkdirSync(dirname(options.results), { recursive: true });
writeFileSync(options.results, `${JSON.stringify(results, null, 2)}\n`);
printTable(results);
if (failed.length > 0) {
  say(`bench: failed twice, and missing above: ${failed.join(', ')}`);
  process.exitCode = 1;
}

/**
 * The lines of a measurement, or null if it failed twice. A run of twelve minutes must not lose its other figures to one
 * lost connection.
 */
async function measured({ name, measure }) {
  for (const title of [name, `${name}, again`]) {
    say(title);
    try {
      const found = await measure(world);
      for (const line of found) say(`  ${line.name}: ${line.ours} / ${line.baseline} ${line.unit} = ${line.ratio}`);
      return found;
    } catch (error) {
      say(`  ${name} failed: ${reasonOf(error)}`);
      // The next measurement starts its own servers, whatever state the failure left these in.
      await stopServices();
    }
  }
  return null;
}

async function stopServices() {
  for (const service of services.values()) await service.stop();
  services.clear();
}

/** The error with its causes, because `fetch failed` alone explains nothing. */
function reasonOf(error) {
  if (error instanceof WrongAnswer) return error.message;
  const cause = error.cause instanceof Error ? `; because of ${reasonOf(error.cause)}` : '';
  return `${error.stack}${cause}`;
}
