import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { addUser } from '../support/app.js';
import type { TestDatabase } from '../support/database.js';
import { createTestDatabase } from '../support/database.js';
import type { NestedPlan } from './nested-plans.js';
import { nestedPlans, reportPlans } from './nested-plans.js';

const ROWS = 500;

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { teamId } = await addUser(
    async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) =>
      (await client.query<Row>(text, values)).rows,
    'developer',
    'ada',
    null,
  );
  await client.query(
    `insert into public.tasks (team_id, title) select $1, 'task ' || n from generate_series(1, ${ROWS}) n`,
    [teamId],
  );
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

/** The plans of the statements that write the trail while this statement runs. */
const auditPlans = async (statement: string): Promise<NestedPlan[]> =>
  (await nestedPlans(client, statement)).filter(({ query }) => /insert into public\.audit_logs/.test(query));

// Seen to fail: with both images joined by their place, the second was read 500 times.
it('reads the changed rows once, even with the plan of an update of one row', async () => {
  await reportPlans(client);
  // The session keeps the plan of its first updates, which are of one row.
  for (let n = 1; n <= 6; n += 1) {
    await auditPlans(`update public.tasks set priority = 1 where title = 'task ${n}'`);
  }
  const plans = await auditPlans('update public.tasks set priority = 9');
  expect(plans).toHaveLength(1);
  const scans = plans.flatMap(({ nodes }) => nodes).filter((node) => node['Node Type'] === 'Named Tuplestore Scan');
  expect(scans.map((node) => node['Actual Loops'])).toEqual([1, 1]);
});
