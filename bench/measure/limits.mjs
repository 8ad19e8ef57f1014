import { compare, interleave } from '../harness/pairs.mjs';
import { sampleLimit, sampleServer } from '../harness/sample.mjs';
import { keyOf, pointRequests } from '../people.mjs';
import { limitsOf, startService } from '../service.mjs';
import { serviceTransaction, SOME_TASK, SOME_TEAM } from '../transactions.mjs';
import { LIST_QUERY } from './rest.mjs';

/** Far above what the load generator reaches, and low enough that shares have to be taken all the time. */
const LIMITED = limitsOf(1_000_000);
const UNLIMITED = limitsOf(0);

/** The cost of a point read with rate limits (counted, shared, sent as headers) and without. */
export async function measureLimits(world) {
  const database = await world.database('main', world.options.size.main);
  const services = [];
  try {
    for (const settings of [LIMITED, UNLIMITED]) {
      services.push(await startService(world, database, { key: keyOf(0), settings }));
    }
    const requests = pointRequests(database.size);
    const [limited, unlimited] = services;
    const samples = await interleave(
      world.options.repetitions,
      () => sampleServer(world, limited, requests),
      () => sampleServer(world, unlimited, requests),
    );
    return [
      compare('REST point get: with limits / without', 'requests/s', samples, 'rate'),
      compare('REST point get: with limits / without, Node CPU', 'us/request', samples, 'server'),
    ];
  } finally {
    for (const service of services) await service.stop();
  }
}

/** All that a read from a cache would still have to ask: what the reader may see at this moment. */
const PERMISSION = {
  text: 'select app.current_team_ids() as teams, app.is_admin() as "isAdmin"',
  values: [],
};

/**
 * What a cache of answers could gain at most: a transaction that only asks what the reader may see, against the one
 * that reads the row as well. Both are one round trip, so nothing but PostgreSQL's work on the row is between them.
 */
export async function measureCachedReads(world) {
  const database = await world.database('main', world.options.size.main);
  const { statements } = world;
  const cases = [
    { name: 'point get', statement: await statements.get(SOME_TASK) },
    {
      name: LIST_QUERY,
      statement: await statements.list({ teamId: SOME_TEAM, status: 'pending', total: 'false', limit: '20' }),
    },
  ];
  const asks = serviceTransaction(database.size, statements.scope, PERMISSION, 'tm_app_ro');
  const results = [];
  for (const { name, statement } of cases) {
    const reads = serviceTransaction(database.size, statements.scope, statement, 'tm_app_ro');
    const reading = { role: 'tm_app_ro', readOnly: true };
    const samples = await interleave(
      world.options.repetitions,
      () => sampleLimit(world, database, reads, reading),
      () => sampleLimit(world, database, asks, reading),
    );
    results.push(
      compare(`cache: ${name} / the permission alone`, 'transactions/s', samples, 'rate'),
      compare(`cache: ${name} / the permission alone, PostgreSQL CPU`, 'us/transaction', samples, 'postgres'),
    );
  }
  return results;
}
