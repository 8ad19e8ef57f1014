import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { credentialId, loadDataset, userId } from '../../bench/dataset.mjs';
import { TaskLists, taskListRules } from '../../src/modules/tasks/task-lists.service.js';
import { TaskPlaces } from '../../src/modules/tasks/task-places.service.js';
import type { Database } from '../../src/platform/database/database.js';
import type { Statement } from '../../src/platform/database/statement.js';
import type { RawQuery } from '../../src/platform/schema/list-query.js';
import { parseList } from '../../src/platform/schema/list-query.js';
import { createFixture, sessionOf } from './database-fixture.js';
import type { Fixture } from './database-fixture.js';
import type { PlanNode } from './nested-plans.js';

const SIZE = { tasks: 6_000, users: 60, teams: 6 };
const LIMIT = 20;
const session = sessionOf(userId(0), credentialId(0));

interface Scan extends PlanNode {
  readonly 'Relation Name'?: string;
  readonly 'Heap Fetches'?: number;
}

const scansOf = (node: Scan): Scan[] => [
  ...(node['Relation Name'] === 'tasks' ? [node] : []),
  ...(node.Plans ?? []).flatMap((child) => scansOf(child)),
];

const rowsOf = (scan: Scan): number => (scan['Actual Rows'] ?? 0) * (scan['Actual Loops'] ?? 0);

/*
 * Seen to fail: with scans that read whole rows (`isWide: false`), no scan is of an index alone, and each team adds 21 rows.
 */
describe('A page of tasks of several teams', () => {
  let fixture: Fixture;
  let database: Database;

  beforeAll(async () => {
    fixture = await createFixture();
    await loadDataset(fixture.admin, SIZE);
    database = await fixture.open();
  }, 120_000);

  afterAll(() => fixture.close());

  async function statementOf(query: RawQuery): Promise<Statement> {
    const sent: Statement[] = [];
    const record = (_session: unknown, statement: Statement): Promise<unknown[]> => {
      sent.push(statement);
      return Promise.resolve([]);
    };
    const stub = { query: record, search: record } as unknown as Database;
    await new TaskLists(stub, new TaskPlaces(stub)).list(session, parseList(taskListRules, query));
    const [statement] = sent;
    if (!statement) throw new Error('The list sent nothing.');
    return statement;
  }

  it.each<[string, RawQuery]>([
    ['of all tasks', {}],
    ['of one status', { status: 'pending' }],
    ['further on', { status: 'pending', offset: '40' }],
  ])('walks an index alone and fetches only its own rows: %s', async (_, query) => {
    const statement = await statementOf({ ...query, limit: String(LIMIT), total: 'false' });
    const explain = { ...statement, name: '', text: `explain (analyze, format json) ${statement.text}` };
    const [row] = await database.search(session, explain as Statement<{ 'QUERY PLAN': [{ Plan: Scan }] }>);
    const scans = scansOf(row?.['QUERY PLAN'][0].Plan as Scan);
    const fetched = scans.filter((scan) => scan['Node Type'] !== 'Index Only Scan');
    expect(scans.filter((scan) => scan['Node Type'] === 'Index Only Scan')).toMatchObject([{ 'Heap Fetches': 0 }]);
    expect(fetched.map(rowsOf)).toEqual([LIMIT + 1]);
  });
});
