import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PeriodicJobs } from '../../../src/platform/jobs/periodic-jobs.js';
import type { TaskAnalytics, TaskGroup } from '../../../src/modules/analytics/task-analytics.dto.js';
import { startTestApp } from '../../support/app.js';
import type { TestApp, TestUser } from '../../support/app.js';
import { Client } from '../../support/client.js';
import { rounded } from './plain-figures.js';
import { TaskClock } from './task-clock.js';
import type { TaskRow } from './task-clock.js';
import { TaskHistory } from './task-history.js';
import type { Matches } from './task-history.js';
import { thoroughness } from '../../support/thoroughness.js';

const START = Date.UTC(2026, 2, 20);
const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
const SPAN_DAYS = 60;
const STATUSES = ['pending', 'in_progress', 'completed', 'failed', 'cancelled'];
const ZONES = ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Asia/Kathmandu', 'America/Havana', 'Australia/Lord_Howe'];

const step = fc.record({
  minutes: fc.oneof(fc.constant(15), fc.nat({ max: 2_500 })),
  act: fc.constantFrom(
    'create',
    'create',
    'import',
    'set',
    'set',
    'move',
    'both',
    'delete',
    'restore',
    'remove',
    'fold',
  ),
  pick: fc.nat(),
  status: fc.constantFrom(...STATUSES),
  type: fc.constantFrom('bug', 'feature'),
  priority: fc.constantFrom(0, 5),
  place: fc.nat({ max: 2 }),
  person: fc.nat({ max: 2 }),
});
const question = fc.record({
  fromQuarter: fc.nat({ max: SPAN_DAYS * 96 }),
  quarters: fc.integer({ min: 1, max: SPAN_DAYS * 96 }),
  bucket: fc.constantFrom('hour', 'day', 'week', 'month'),
  timeZone: fc.constantFrom(...ZONES),
  groupBy: fc.constantFrom('project', 'team', 'assignee', 'type', 'priority', 'status'),
  limit: fc.integer({ min: 1, max: 5 }),
  filter: fc.constantFrom('none', 'none', 'team', 'project', 'assignee', 'type'),
  asAdmin: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Question = typeof question extends fc.Arbitrary<infer T> ? T : never;

interface Tenant {
  readonly user: TestUser;
  readonly people: readonly (string | null)[];
  readonly teams: readonly string[];
}

let app: TestApp;
let clock: TaskClock;
let admin: TestUser;
let refs = 0;

beforeAll(async () => {
  app = await startTestApp();
  clock = await TaskClock.on(app.database.url);
  admin = await app.user('admin');
});

afterAll(async () => {
  await clock.end();
  await app.close();
});

async function tenant(): Promise<Tenant> {
  const [user, mate] = [await app.user(), await app.user()];
  const teams = [await app.team(user, mate), await app.team(user, mate)];
  for (const team of teams)
    await app.sql(
      `insert into public.projects (team_id, project_key, name) values ($1, 'one', 'One'), ($1, 'two', 'Two')`,
      [team],
    );
  return { user, people: [null, user.id, mate.id], teams };
}

const projectOf = (place: number): string | null => [null, 'one', 'two'][place] ?? null;

/** One kind of statement at one time. */
async function act(one: Step, at: number, { teams, people }: Tenant, tasks: readonly TaskRow[]): Promise<void> {
  const { status, type, priority, place, person, pick } = one;
  const project = projectOf(place);
  const ref = (refs += 10);
  const task = tasks[pick % Math.max(tasks.length, 1)];
  const placed = [project, project === null ? null : 'master', project === null ? null : String(ref)];
  const values = [task?.id, status, type, priority, people[person], ...placed];
  switch (one.act) {
    case 'fold':
      await app.app.get(PeriodicJobs).runNow('fold-task-flow');
      return;
    case 'create':
    case 'import': {
      // An import adds several tasks at once, each with its times.
      const created = one.act === 'create' ? at : at - (pick % 20_000) * MINUTE;
      const updated = one.act === 'create' ? at : created + (pick % 7) * Math.floor((at - created) / 7);
      const times = [new Date(created).toISOString(), new Date(updated).toISOString()];
      await clock.at(
        at,
        `insert into public.tasks (team_id, title, status, type, priority, assignee_id, project_key, list, ref, created_at, updated_at, completed_at)
         select $1, 't', $2::varchar, $3, $4, $5, $6, $7, ($8::int + n)::text, $9, $10, case when $2 = 'completed' then $10::timestamptz end
         from generate_series(1, $11) n`,
        [teams[pick % 2], ...values.slice(1), ...times, one.act === 'create' ? 1 : 3],
      );
      return;
    }
    case 'set':
      return clock.at(at, `update public.tasks set status = $2 where id = $1`, values.slice(0, 2));
    case 'move':
      return clock.at(
        at,
        `update public.tasks set assignee_id = $2, project_key = $3, list = $4, ref = $5 where id = $1`,
        [task?.id, ...values.slice(4)],
      );
    case 'both':
      return clock.at(
        at,
        `update public.tasks set status = $2, type = $3, priority = $4, assignee_id = $5 where id = $1`,
        values.slice(0, 5),
      );
    case 'delete':
      return clock.at(at, `update public.tasks set deleted_at = now() where id = $1 and deleted_at is null`, [
        task?.id,
      ]);
    case 'restore':
      // Like an import: tasks get the status of the file.
      return clock.at(at, `update public.tasks set deleted_at = null, status = $2 where id = $1`, values.slice(0, 2));
    default:
      return clock.at(at, `delete from public.tasks where id = $1`, [task?.id]);
  }
}

async function live(steps: readonly Step[], tenantOf: Tenant): Promise<TaskHistory> {
  const history = new TaskHistory();
  let at = START;
  for (const one of steps) {
    at += one.minutes * MINUTE;
    await act(one, at, tenantOf, history.rows());
    history.note(await clock.rows(tenantOf.teams), at);
  }
  return history;
}

const valueOf: Record<string, (row: TaskRow) => string | null> = {
  project: (row) => `${row.teamId}/${row.projectKey ?? ''}`,
  team: (row) => row.teamId,
  assignee: (row) => row.assigneeId,
  type: (row) => row.type,
  priority: (row) => String(row.priority),
};

const keyOf = (group: TaskGroup, groupBy: string): string | null =>
  groupBy === 'project' ? `${group.teamId ?? ''}/${group.key ?? ''}` : group.key;

/** Filters as parameters, and as a condition on a row. */
function filterOf({ filter, asAdmin }: Question, { teams, user }: Tenant): { query: string; matches: Matches } {
  switch (filter) {
    case 'team':
      return { query: `&teamId=${teams[0]}`, matches: (row) => row.teamId === teams[0] };
    case 'project':
      return {
        query: `&projectKey=one${asAdmin ? `&teamId=${teams[1]}` : ''}`,
        matches: (row) => row.projectKey === 'one' && (!asAdmin || row.teamId === teams[1]),
      };
    case 'assignee':
      return { query: `&assigneeId=${user.id}`, matches: (row) => row.assigneeId === user.id };
    case 'type':
      return {
        query: `&type=bug${asAdmin ? `&teamId=${teams[1]}` : ''}`,
        matches: (row) => row.type === 'bug' && (!asAdmin || row.teamId === teams[1]),
      };
    default:
      // An admin sees every tenant, so a filter limits the query to this history.
      return asAdmin
        ? filterOf({ filter: 'team' } as Question, { teams, user } as Tenant)
        : { query: '', matches: () => true };
  }
}

function figures(history: TaskHistory, from: number, to: number, matches: Matches): object {
  const statuses = history.statusesAt(Number.POSITIVE_INFINITY, matches);
  const open = statuses.pending + statuses.in_progress;
  const total = Object.values(statuses).reduce((a, b) => a + b, 0);
  return { total, open, statuses, ...history.happened(from, to, matches), ...history.times(from, to, matches) };
}

function checkGroups(
  answer: TaskAnalytics,
  history: TaskHistory,
  asked: Question,
  matches: Matches,
  from: number,
  to: number,
): void {
  const value = valueOf[asked.groupBy];
  if (!value) {
    expect(answer.groups.map(({ key, total }) => [key, total])).toEqual(
      Object.entries(history.statusesAt(Number.POSITIVE_INFINITY, matches)),
    );
    return;
  }
  const all = [
    ...new Set(
      history
        .versions()
        .filter((row) => !row.deleted && matches(row))
        .map(value),
    ),
  ];
  const named = answer.groups.map((group) => keyOf(group, asked.groupBy));
  expect(named).toHaveLength(Math.min(asked.limit, all.length));
  for (const group of answer.groups) {
    const key = keyOf(group, asked.groupBy);
    const { key: _key, name: _name, teamId: _teamId, ...found } = group;
    expect(rounded(found)).toEqual(rounded(figures(history, from, to, (row) => matches(row) && value(row) === key)));
  }
  const isOther: Matches = (row) => matches(row) && !named.includes(value(row));
  const left = all.length - named.length;
  expect(rounded(answer.other)).toEqual(
    left === 0 ? null : rounded({ groups: left, ...figures(history, from, to, isOther) }),
  );
}

async function check(history: TaskHistory, owner: Tenant, asked: Question): Promise<void> {
  const from = START - 10 * 96 * QUARTER + asked.fromQuarter * QUARTER;
  const to = from + (asked.bucket === 'hour' ? Math.min(asked.quarters, 2_000) : asked.quarters) * QUARTER;
  const { query, matches } = filterOf(asked, owner);
  const window = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}&bucket=${asked.bucket}&timeZone=${asked.timeZone}`;
  const client = new Client(app.url, asked.asAdmin ? admin : owner.user);
  const path = `/analytics/tasks?${window}&groupBy=${asked.groupBy}&limit=${asked.limit}${query}`;
  const { status, body, text } = await client.get<TaskAnalytics>(path);
  expect({ status, text: status === 200 ? '' : text }).toEqual({ status: 200, text: '' });
  const answer = body.data;
  expect(rounded(answer.totals)).toEqual(rounded(figures(history, from, to, matches)));
  expect([answer.buckets[0]?.start, answer.buckets.at(-1)?.end].map((at) => Date.parse(at ?? ''))).toEqual([from, to]);
  for (const [i, bucket] of answer.buckets.entries()) {
    const [start, end] = [Date.parse(bucket.start), Date.parse(bucket.end)];
    if (i > 0) expect(bucket.start).toBe(answer.buckets[i - 1]?.end);
    const statuses = history.statusesAt(end, matches);
    expect(rounded(bucket)).toEqual(
      rounded({
        ...{ start: bucket.start, end: bucket.end, statuses, open: statuses.pending + statuses.in_progress },
        ...history.happened(start, end, matches),
        ...history.times(start, end, matches),
      }),
    );
  }
  checkGroups(answer, history, asked, matches, from, to);
  const now = Date.parse(answer.asOf);
  const open = history
    .rows()
    .filter((row) => !row.deleted && ['pending', 'in_progress'].includes(row.status) && matches(row));
  expect(answer.ageing.open).toBe(open.length);
  for (const { fromDays, toDays, count } of answer.ageing.ages)
    expect(count).toBe(
      open.filter(({ createdAt }) => {
        const days = (now - createdAt) / 86_400_000;
        return days >= fromDays && (toDays === null || days < toDays);
      }).length,
    );
  expect(answer.ageing.oldest[0] && Date.parse(answer.ageing.oldest[0].createdAt)).toBe(
    open.length === 0 ? undefined : Math.min(...open.map(({ createdAt }) => createdAt)),
  );
}

/*
 * Independent of the counters: the test reads the table after every statement and computes each figure from these
 * versions. The counters are folded at random times.
 */
describe('analytics of tasks', () => {
  it('equal a plain recount of every version of every row', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40 }),
        fc.array(question, { minLength: 3, maxLength: 3 }),
        async (steps, questions) => {
          const owner = await tenant();
          const history = await live(steps, owner);
          for (const asked of questions) await check(history, owner, asked);
        },
      ),
      { numRuns: thoroughness.analyticsExamples, endOnFailure: true },
    );
  }, 240_000);
});
