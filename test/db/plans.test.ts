import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { credentialId, loadDataset, taskId, teamId, userId } from '../../bench/dataset.mjs';
import { discardingNodes, wasteOf } from '../../bench/plan-waste.mjs';
import { NextTasks } from '../../src/modules/tasks/next-tasks.service.js';
import { TaskLists, taskListRules } from '../../src/modules/tasks/task-lists.service.js';
import { TaskPlaces } from '../../src/modules/tasks/task-places.service.js';
import { TasksService } from '../../src/modules/tasks/tasks.service.js';
import type { Session } from '../../src/platform/auth/session.js';
import type { Database } from '../../src/platform/database/database.js';
import type { Statement } from '../../src/platform/database/statement.js';
import { encodeCursor } from '../../src/platform/schema/cursor.js';
import type { RawQuery } from '../../src/platform/schema/list-query.js';
import { parseList } from '../../src/platform/schema/list-query.js';
import { createFixture } from './database-fixture.js';
import type { Fixture } from './database-fixture.js';

const SIZE = { tasks: 10_000, users: 60, teams: 20 };
const MOST_DISCARDED = 10;

const session: Session = {
  userId: userId(0),
  credentialId: credentialId(0),
  scopes: null,
  role: 'developer',
  permissions: [],
  isAdmin: false,
  request: { id: 'req_plans', ip: null, userAgent: null },
  // Every statement is rolled back.
  dryRun: true,
  idempotency: null,
  readAfter: null,
};

interface Explained {
  readonly 'QUERY PLAN': readonly [{ readonly Plan: unknown }];
}

/** The last statement that a use case sends: it runs on a stub of Database that records it. */
async function lastSent(use: (database: Database) => Promise<unknown>): Promise<Statement> {
  const sent: Statement[] = [];
  const record = (_session: Session, statement: Statement): Promise<unknown[]> => {
    sent.push(statement);
    return Promise.resolve([{ id: '', version: 1, data: '', more: false, last: null, total: null, ids: null }]);
  };
  await use({ query: record, search: record, command: record } as unknown as Database);
  const last = sent.at(-1);
  if (!last) throw new Error('The use case sent nothing.');
  return last;
}

const id = taskId(0, SIZE.tasks);
const MIDDLE = encodeCursor('-createdAt', ['2025-07-01 00:00:00+00', id]);
/** One task in ten has this status, so a scan that filters instead of seeking discards nine of ten rows. */
const failed: RawQuery = { status: 'failed', total: 'false' };

const get = (database: Database): Promise<unknown> => new TasksService(database).get(session, { id });
const patch = (database: Database): Promise<unknown> =>
  new TasksService(database).patch(session, { id }, null, { priority: 3 });
const create = (database: Database): Promise<unknown> =>
  new TasksService(database).create(session, { title: 'Try', teamId: teamId(0) });
const remove = (database: Database): Promise<unknown> => new TasksService(database).remove(session, { id }, null);
const list =
  (query: RawQuery) =>
  (database: Database): Promise<unknown> =>
    new TaskLists(database, new TaskPlaces(database)).list(session, parseList(taskListRules, query));
const ALL = { filters: [], search: undefined };
const next = (database: Database): Promise<unknown> =>
  new NextTasks(database, new TaskPlaces(database)).find(session, { teamId: teamId(0), projectKey: 'main' }, ALL, 10);

const cases: readonly (readonly [string, (database: Database) => Promise<unknown>])[] = [
  ['get a task', get],
  ['change a task', patch],
  ['create a task', create],
  ['delete a task', remove],
  ['show what comes next', next],
  ['list the tasks of a team', list({ teamId: teamId(0), total: 'false' })],
  ["list a team's failed tasks", list({ ...failed, teamId: teamId(0) })],
  ['list the failed tasks of all teams', list(failed)],
  ['go on with the failed tasks of all teams', list({ ...failed, cursor: MIDDLE })],
  ['list by priority', list({ teamId: teamId(0), total: 'false', sort: '-priority' })],
];

/*
 * Seen to fail: without the index (team_id, status, created_at desc, id desc), the three lists of failed tasks; with
 * "next" joining all tasks instead of looking up the few named ones, its plan read everything the user may see.
 */
describe('Statements of the service read little more than they return', () => {
  let fixture: Fixture;
  let database: Database;

  beforeAll(async () => {
    fixture = await createFixture();
    await loadDataset(fixture.admin, SIZE);
    database = await fixture.open();
  }, 120_000);

  afterAll(() => fixture.close());

  it.each(cases)('to %s', async (_name, use) => {
    const statement = await lastSent(use);
    const explain = { ...statement, name: '', text: `explain (analyze, format json) ${statement.text}` };
    const [plan] = await database.write(session, (tx) => tx.run(explain as Statement<Explained>));
    const rows = await database.write(session, (tx) => tx.run(statement));
    expect(rows.length).toBeGreaterThan(0);
    const root = plan?.['QUERY PLAN'][0].Plan;
    expect({ waste: wasteOf(root, rows.length) <= MOST_DISCARDED, by: discardingNodes(root) }).toMatchObject({
      waste: true,
    });
  });
});
