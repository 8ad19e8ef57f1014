import pg from 'pg';
import { taskId, teamId } from '../dataset.mjs';
import { check } from '../harness/check.mjs';
import { compare, interleave, result } from '../harness/pairs.mjs';
import { sampleLimit } from '../harness/sample.mjs';
import { sessionOf } from '../people.mjs';
import { discardingNodes, wasteOf } from '../plan-waste.mjs';
import { serviceTransaction, SOME_TASK, SOME_TEAM } from '../transactions.mjs';
import { urlOf } from '../world.mjs';
import { readCases, writeCases } from './cases.mjs';

const MOST_WASTE = 10;
const GROWING = new Set([
  'point get',
  "first page of a team's pending",
  'first page of all teams',
  'keyset page of all teams',
]);

/** G2: the same reads on the large table and on one a hundredth of its size, and what their plans throw away. */
export async function measureGrowth(world) {
  const large = await world.database('main', world.options.size.main);
  const small = await world.database('small', world.options.size.small);
  const cases = await readCases(world);
  const growing = cases.filter(({ name }) => GROWING.has(name));
  const results = await compareSizes(world, growing, large, small, 'G2 ');
  const worst = await worstPlan(world, large, cases);
  world.note(`most rows discarded for each row returned: ${worst.waste} (${worst.name})`);
  check(
    worst.waste <= MOST_WASTE,
    `${worst.name} discards ${worst.waste} rows for each row it returns: ${worst.nodes}`,
  );
  return [...results, result('G2 rows a plan discards for each row returned / 10', 'rows', worst.waste, MOST_WASTE)];
}

/**
 * With `--large`: reads and writes on ten million tasks of 100,000 users, and on the million of the other measurements.
 * Teams are of the same size.
 */
export async function measureLarge(world) {
  const large = await world.database('large', world.options.size.large);
  const main = await world.database('main', world.options.size.main);
  const cases = [...(await readCases(world)), ...(await writeCases(world))];
  return compareSizes(world, cases, large, main, 'large ');
}

async function compareSizes(world, cases, large, small, prefix) {
  const results = [];
  for (const { name, statement, role } of cases) {
    const on = (database) => () =>
      sampleLimit(world, database, serviceTransaction(database.size, world.statements.scope, statement, role), {
        role,
        readOnly: role === 'tm_app_ro',
        connections: 4,
      });
    const samples = await interleave(world.options.repetitions, on(large), on(small));
    const sizes = `${thousands(large)} tasks / ${thousands(small)}`;
    results.push(
      compare(`${prefix}${name}: ${sizes}, PostgreSQL CPU`, 'us/transaction', samples, 'postgres'),
      compare(`${name}: ${sizes}, latency`, 'ms', samples, 'average'),
    );
  }
  return results;
}

const thousands = ({ size }) => `${size.tasks / 1_000} k`;

async function worstPlan(world, database, cases) {
  const client = new pg.Client({ connectionString: urlOf(database.login), options: '-c role=tm_app_ro' });
  await client.connect();
  let worst = { name: 'none', waste: 0, nodes: '' };
  for (const { name, statement } of cases) {
    const values = statement.values.map((value) => real(value, database.size));
    const plan = await explain(client, world, { text: statement.text, values });
    const { rows } = await inSession(client, world, { text: statement.text, values });
    const waste = wasteOf(plan, rows.length);
    if (waste > worst.waste) worst = { name, waste, nodes: JSON.stringify(discardingNodes(plan)) };
  }
  await client.end();
  return worst;
}

function real(value, size) {
  if (value === SOME_TASK) return taskId(0, size.tasks);
  return value === SOME_TEAM ? teamId(0) : value;
}

async function explain(client, world, { text, values }) {
  const { rows } = await inSession(client, world, { text: `explain (analyze, format json) ${text}`, values });
  return rows[0]['QUERY PLAN'][0].Plan;
}

async function inSession(client, world, query) {
  const { scope } = world.statements;
  const { userId, credentialId } = sessionOf(0);
  await client.query('begin');
  await client.query({ text: scope.text, values: [userId, credentialId, null, '{}', 'tm_app_ro'] });
  try {
    return await client.query(query);
  } finally {
    await client.query('rollback');
  }
}
