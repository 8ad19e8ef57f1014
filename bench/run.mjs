import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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
const results = [];
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

const wanted = ({ name }) => options.only.length === 0 || options.only.some((part) => name.includes(part));
try {
  for (const { name, measure } of measurements.filter(wanted)) {
    say(name);
    const found = await measure(world);
    results.push(...found);
    for (const line of found) say(`  ${line.name}: ${line.ours} / ${line.baseline} ${line.unit} = ${line.ratio}`);
  }
  mkdirSync(dirname(options.results), { recursive: true });
  writeFileSync(options.results, `${JSON.stringify(results, null, 2)}\n`);
  printTable(results);
} catch (error) {
  say(
    `bench: ${error.name === 'WrongAnswer' || error.constructor.name === 'WrongAnswer' ? error.message : error.stack}`,
  );
  process.exitCode = 1;
} finally {
  for (const service of services.values()) await service.stop();
  await world.close();
}
