import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TaskBatch } from '../../src/modules/projects/import-tasks.queries.js';
import { updateTasks, writeSources } from '../../src/modules/projects/import-tasks.queries.js';
import { addEdges, raiseTaskCounters, removeEdges } from '../../src/modules/projects/projects-import.queries.js';
import { blockersOf } from '../../src/modules/tasks/task-dependency.queries.js';
import { createFixture } from './database-fixture.js';
import type { Fixture } from './database-fixture.js';
import { nestedPlans, reportPlans, rowsRead } from './nested-plans.js';

const TASKS = 2_000;
const OTHER_TEAMS = 500;
/** Rows that the plans may read for each task of the file; reading the team for each one is 4,000. */
const ROWS_PER_TASK = 40;
/** Rows for the blockers of one task: the dependencies of the team may be read once for each of two levels. */
const ROWS_OF_BLOCKERS = 3 * TASKS;

/** The audit trail has its own test, and PostgreSQL writes the checks of foreign keys. */
const TESTED_ELSEWHERE = /^insert into public\.audit_logs|^SELECT 1 FROM ONLY/;

let fixture: Fixture;
let teamId: string;
let tasks: readonly string[];
let batch: TaskBatch;

const waitingFor = (parent: string | undefined): { child: string; parent: string }[] =>
  tasks.slice(2).map((child) => ({ child, parent: parent ?? '' }));

/*
 * The statistics know teams with one task and do not know this one, like those of a database in use when a team is new.
 *
 * Seen to fail: with the team beside the id in the look-ups of the triggers, adding or removing dependencies read 4 million
 * rows, and with joins, the counters of subtasks 24 million and the blockers of one task 32 million. Which of two equal
 * plans the planner takes depends on the sizes of the indexes. Statements that could join each task with each record must
 * therefore have no join at all.
 */
describe('Statements about a new team read as much as they need', () => {
  beforeAll(async () => {
    fixture = await createFixture();
    const { userId } = await fixture.addUser('ada');
    const sql = async <Row extends object>(text: string, values: unknown[]): Promise<Row[]> =>
      (await fixture.admin.query<Row>(text, values)).rows;
    const [team] = await sql<{ id: string }>('select id from teams where owner_id = $1', [userId]);
    teamId = team?.id ?? '';
    await sql(
      `with others as (insert into teams (owner_id, name) select $1, 'team ' || n from generate_series(1, $2) n returning id)
insert into tasks (team_id, title) select id, 'other' from others`,
      [userId, OTHER_TEAMS],
    );
    await sql('analyze', []);
    await sql(`insert into projects (team_id, project_key, name) values ($1, 'plans', 'Plans')`, [teamId]);
    await sql(`insert into task_lists (team_id, project_key, list) values ($1, 'plans', 'master')`, [teamId]);
    const added = await sql<{ id: string; record: string }>(
      `insert into tasks as t (team_id, project_key, list, ref, title)
select $1, 'plans', 'master', n::text, 'task ' || n from generate_series(1, ${TASKS}) n
returning t.id, to_json(t)::text as record`,
      [teamId],
    );
    tasks = added.map(({ id }) => id);
    batch = { ids: tasks, records: added.map(({ record }) => record) };
    await sql(
      `insert into task_dependencies (team_id, child_task_id, parent_task_id)
select $1, child, $2 from unnest($3::uuid[]) child`,
      [teamId, tasks[0], tasks.slice(2)],
    );
    await sql(
      `insert into tasks (team_id, project_key, list, ref, parent_task_id, title)
select $1, 'plans', 'master', p.ref || '.1', p.id, 'subtask' from tasks p where p.project_key = 'plans'`,
      [teamId],
    );
    await reportPlans(fixture.admin);
  });
  afterAll(() => fixture.close());

  beforeEach(() => fixture.admin.query('begin'));
  afterEach(() => fixture.admin.query('rollback'));

  it.each([
    ['changed tasks', () => updateTasks(teamId, batch)],
    ['layouts', () => writeSources(teamId, batch)],
    ['counters of subtasks', () => raiseTaskCounters(teamId, 'plans', ['master'])],
    ['removed dependencies', () => removeEdges(teamId, waitingFor(tasks[0]))],
    ['added dependencies', () => addEdges(teamId, waitingFor(tasks[1]))],
  ])('%s', async (_, made) => {
    const { text, values } = made();
    const plans = await nestedPlans(fixture.admin, text, values);
    const read = rowsRead(plans.filter(({ query }) => !TESTED_ELSEWHERE.test(query)));
    expect(read).toBeGreaterThan(TASKS);
    expect(read).toBeLessThanOrEqual(TASKS * ROWS_PER_TASK);
  });

  it('to explain what a task waits for', async () => {
    const { text, values } = blockersOf(tasks[2] ?? '');
    const read = rowsRead(await nestedPlans(fixture.admin, text, values));
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThanOrEqual(ROWS_OF_BLOCKERS);
  });

  it.each([
    ['changed tasks', () => updateTasks(teamId, batch)],
    ['layouts', () => writeSources(teamId, batch)],
    ['removed dependencies', () => removeEdges(teamId, waitingFor(tasks[0]))],
  ])('%s without a join', async (_, made) => {
    const { text, values } = made();
    const plans = await nestedPlans(fixture.admin, text, values);
    const own = plans.filter(({ query }) => query.endsWith(text));
    expect(own).toHaveLength(1);
    const types = own.flatMap(({ nodes }) => nodes.map((node) => node['Node Type']));
    expect(types.filter((type) => /Join|Nested Loop/.test(type))).toEqual([]);
  });
});
