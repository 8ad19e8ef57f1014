import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { thoroughness } from '../support/thoroughness.js';

/**
 * Which tasks are ready and which come next, as PostgreSQL decides it, equals a plain recomputation from the rows:
 * random tasks with random parents, dependencies, stages, deletions, leases and options, in every scope, for reading
 * and claiming. Seen to fail within the first examples: an order without the number of dependencies, `next` without the
 * check of leases, and a recomputation in which a cancelled prerequisite never satisfies.
 */
const RUNS = thoroughness.readyExamples;
/** Enough runs for every rule to decide something in most examples. */
const STATUSES = [
  ...(['pending', 'pending', 'pending', 'in_progress', 'in_progress'] as const),
  ...(['completed', 'completed', 'cancelled', 'failed'] as const),
] as const;
const PLACES = ['p/master', 'p/master', 'p/other', 'q/master', 'loose'] as const;

interface Made {
  readonly status: (typeof STATUSES)[number];
  readonly staged: boolean;
  readonly priority: number;
  readonly deleted: boolean;
  readonly place: (typeof PLACES)[number];
  /** Selects parent and prerequisites among the earlier tasks that fit. */
  readonly parent: number;
  readonly needs: readonly number[];
  readonly lease: 'none' | 'live' | 'ended';
}

interface Row {
  readonly id: string;
  readonly status: string;
  readonly stage: string | null;
  readonly priority: number;
  readonly project_key: string | null;
  readonly list: string | null;
  readonly ref: string | null;
  readonly parent_task_id: string | null;
  readonly deleted_at: string | null;
  readonly leased: boolean;
  readonly needs: readonly string[];
}

const made: fc.Arbitrary<Made> = fc.record({
  status: fc.constantFrom(...STATUSES),
  staged: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  priority: fc.integer({ min: 4, max: 5 }),
  deleted: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  place: fc.constantFrom(...PLACES),
  parent: fc.integer({ min: 0, max: 10 }),
  needs: fc.array(fc.nat(), { maxLength: 2 }),
  lease: fc.constantFrom('none', 'live', 'ended'),
});

const STAGES: Readonly<Record<string, string>> = { pending: 'blocked', in_progress: 'review' };

let app: TestApp;
let user: TestUser;
let client: Client;

beforeAll(async () => {
  app = await startTestApp();
  user = await app.user();
  client = new Client(app.url, user);
  for (const key of ['p', 'q']) await client.post('/projects', { projectKey: key, name: key });
  // A list exists once a task was placed in it, and a list that never existed is a 404 instead of an empty answer.
  for (const place of PLACES) await client.post('/tasks', { title: 'first of its list', ...splitPlace(place) });
  // A stranger's tasks never count.
  await new Client(app.url, await app.user()).post('/tasks', { title: 'foreign', priority: 10 });
});

afterAll(() => app.close());

const splitPlace = (place: string): { projectKey?: string; list?: string } => {
  const [projectKey, list] = place.split('/');
  return list === undefined ? {} : { projectKey, list };
};

/** Uses the API as far as possible, so that numbers, counters and parents are realistic. */
async function arrange(tasks: readonly Made[], satisfies: readonly string[]): Promise<void> {
  await app.sql('delete from public.task_leases');
  await app.sql('delete from public.task_dependencies');
  await app.sql('delete from public.tasks where team_id = $1', [user.teamId]);
  for (const key of ['p', 'q']) {
    await client.patch(`/projects/${key}`, { settings: { cancelledSatisfies: satisfies.includes(key) } });
  }
  const ids: string[] = [];
  for (const [index, task] of tasks.entries()) {
    const parents = tasks.slice(0, index).flatMap((one, n) => (one.place === task.place ? [ids[n]] : []));
    const parentTaskId = task.parent < parents.length ? parents[task.parent] : undefined;
    const { status, body, text } = await client.post<{ id: string }>('/tasks', {
      title: `task ${index}`,
      priority: task.priority,
      ...splitPlace(task.place),
      ...(parentTaskId === undefined ? {} : { parentTaskId }),
    });
    if (status !== 201) throw new Error(text);
    ids.push(body.data.id);
    const needs = [...new Set(index === 0 ? [] : task.needs.map((n) => ids[n % index]))];
    for (const dependsOn of needs) await client.post(`/tasks/${body.data.id}/dependencies`, { dependsOn });
  }
  for (const [index, task] of tasks.entries()) {
    await app.sql('update public.tasks set status = $2, stage = $3, deleted_at = $4 where id = $1', [
      ids[index],
      task.status,
      task.staged ? (STAGES[task.status] ?? null) : null,
      task.deleted ? new Date() : null,
    ]);
    if (task.lease === 'none' || task.status !== 'in_progress') continue;
    await app.sql(
      `insert into public.task_leases (team_id, task_id, holder_id, expires_at, ended_at)
values ($1, $2, $3, now() + interval '1 hour', case when $4 then now() end)`,
      [user.teamId, ids[index], user.id, task.lease === 'ended'],
    );
  }
}

function rows(): Promise<Row[]> {
  return app.sql<Row & Record<string, unknown>>(
    `select
  t.id, t.status, t.stage, t.priority, t.project_key, t.list, t.ref, t.parent_task_id, t.deleted_at,
  exists (select from public.task_leases l where l.task_id = t.id and l.ended_at is null and l.expires_at > now()) as leased,
  array(select d.parent_task_id from public.task_dependencies d where d.child_task_id = t.id) as needs
from public.tasks t
where t.team_id = $1`,
    [user.teamId],
  );
}

type Order = readonly (number | string | null)[];

/** Sorts numerically by segment; tasks without a number come last, and a prefix before the longer number. */
function compare(one: Order, other: Order): number {
  for (let n = 0; n < Math.max(one.length, other.length); n += 1) {
    const [a, b] = [one[n], other[n]];
    if (a === b) continue;
    if (a === null) return 1;
    if (b === null) return -1;
    if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
    return a < b ? -1 : 1;
  }
  return 0;
}

const numbers = (ref: string | null): readonly number[] | null => ref?.split('.').map(Number) ?? null;

class Plain {
  private readonly byId: ReadonlyMap<string, Row>;

  constructor(
    private readonly all: readonly Row[],
    private readonly satisfies: readonly string[],
  ) {
    this.byId = new Map(all.map((row) => [row.id, row]));
  }

  isFree(row: Row): boolean {
    const over = (need: Row): boolean =>
      need.deleted_at !== null ||
      need.status === 'completed' ||
      (need.status === 'cancelled' && row.project_key !== null && this.satisfies.includes(row.project_key));
    return row.deleted_at === null && row.stage === null && row.needs.every((id) => over(this.byId.get(id)!));
  }

  next(toClaim: boolean, within: (row: Row) => boolean): string[] {
    const begun = (row: Row | undefined): boolean =>
      row?.status === 'in_progress' && row.stage === null && row.deleted_at === null;
    const offered = this.all.filter((row) => {
      const parent = row.parent_task_id === null ? null : this.byId.get(row.parent_task_id);
      const wanted = row.status === 'pending' || (!toClaim && row.status === 'in_progress' && !row.leased);
      return wanted && within(row) && this.isFree(row) && (parent === null || begun(parent));
    });
    return offered.sort((one, other) => this.order(one, other)).map(({ id }) => id);
  }

  private order(one: Row, other: Row): number {
    const parent = ({ parent_task_id: id }: Row): Row | undefined => (id === null ? undefined : this.byId.get(id));
    const head = (row: Row): Order => [parent(row) ? 0 : 1, -row.priority, row.needs.length];
    const paths = (row: Row): (readonly number[] | null)[] => [numbers(parent(row)?.ref ?? null), numbers(row.ref)];
    const byPath = (n: number): number => {
      const [a, b] = [paths(one)[n] ?? null, paths(other)[n] ?? null];
      if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
      return compare(a, b);
    };
    return compare(head(one), head(other)) || byPath(0) || byPath(1) || compare([one.id], [other.id]);
  }
}

const scopes: readonly (readonly [string, Record<string, string>, (row: Row) => boolean])[] = [
  ['everywhere', {}, () => true],
  ['in a project', { projectKey: 'p' }, (row) => row.project_key === 'p'],
  ['in a list', { projectKey: 'p', list: 'other' }, (row) => row.project_key === 'p' && row.list === 'other'],
  ['in lists of one name', { list: 'master' }, (row) => row.list === 'master'],
];

describe('ready and next', () => {
  it(`match a recomputation from the rows, on ${RUNS} random teams`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(made, { minLength: 10, maxLength: 16 }),
        fc.subarray(['p', 'q']),
        async (tasks, satisfies) => {
          await arrange(tasks, satisfies);
          const all = await rows();
          const plain = new Plain(all, satisfies);
          for (const [, scope, within] of scopes) {
            const query = new URLSearchParams({ ...scope, limit: '100' }).toString();
            const { body } = await client.get<{ id: string }[]>(`/tasks/next?${query}`);
            expect(body.data.map(({ id }) => id)).toEqual(plain.next(false, within));
            const claim = await client.post<{ task: { id: string } }>('/tasks/claim?dryRun=true', scope);
            const [first] = plain.next(true, within);
            expect(claim.status === 204 ? undefined : claim.body.data.task.id).toBe(first);
          }
          for (const row of all.filter(({ deleted_at: gone }) => gone === null)) {
            const { body } = await client.get<{ ready: boolean }>(`/tasks/${row.id}/blockers`);
            expect(body.data.ready).toBe(row.status === 'pending' && plain.isFree(row));
          }
        },
      ),
      // Shrinking an example would exceed the time limit of the suite.
      { numRuns: RUNS, endOnFailure: true },
    );
  }, 180_000);
});
