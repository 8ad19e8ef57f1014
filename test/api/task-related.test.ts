import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/platform/database/database.js';
import { Client } from '../support/client.js';
import { GraphqlClient } from '../support/graphql.js';
import { refusal, TaskSuite } from './task-suite.js';
import type { Task } from './task-suite.js';

interface Expanded<Item> {
  readonly items: readonly Item[];
  readonly total: number;
  readonly hasMore: boolean;
}

interface Reference {
  readonly id: string;
  readonly ref: string | null;
  readonly title: string;
}

interface ExpandedTask extends Task {
  readonly dependencies: Expanded<{ readonly dependsOn: Reference }>;
  readonly dependants: Expanded<{ readonly dependant: Reference }>;
  readonly subtasks: Expanded<Reference>;
  readonly parent: Reference | null;
  readonly comments: Expanded<{ readonly content: string; readonly userName: string | null }>;
}

const ALL = 'dependencies,dependants,subtasks,parent,comments';

let suite: TaskSuite;
/** A subtask with two subtasks, two dependencies, a dependant and two comments. */
let task: Task;
let parent: Task;
let subtasks: Task[];
let prerequisites: Task[];
let dependant: Task;
let path: string;

beforeAll(async () => {
  suite = await TaskSuite.start();
  path = await suite.project();
  parent = await suite.create({ title: 'parent' }, path);
  task = await suite.create({ title: 'task', parentTaskId: parent.id });
  subtasks = [
    await suite.create({ title: 'first step', parentTaskId: task.id, priority: 'high' }),
    await suite.create({ title: 'second step', parentTaskId: task.id, status: 'review' }),
  ];
  prerequisites = [await suite.create({ title: 'schema' }, path), await suite.create({ title: 'design' }, path)];
  dependant = await suite.create({ title: 'release' }, path);
  for (const { id } of prerequisites) await depend(task, id);
  await depend(dependant, task.id);
  for (const content of ['hello', 'again']) await suite.client.post(`/tasks/${task.id}/comments`, { content });
});

afterAll(() => suite.app.close());

async function depend({ id }: Task, dependsOn: string): Promise<void> {
  expect((await suite.client.post(`/tasks/${id}/dependencies`, { dependsOn })).status).toBe(201);
}

async function expanded({ id }: Task, expand: string, client = suite.client): Promise<ExpandedTask> {
  const { status, body } = await client.get<ExpandedTask>(`/tasks/${id}?expand=${expand}`);
  expect(status).toBe(200);
  return body.data;
}

const titles = (list: Expanded<Reference>): string[] => list.items.map(({ title }) => title);

/** The reads of a request; background work runs on separate connections and is not counted. */
async function statements(work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const stop = suite.app.app.get(Database).onQuery(({ pool }) => {
    if (pool === 'read') count += 1;
  });
  await work();
  stop();
  return count;
}

/*
 * Seen to fail: without `t.deleted_at is null` of the related rows, the deleted ones appeared; with hasMore computed from
 * the rows that are included, a cut list passed for a whole one.
 */
describe('what belongs to a task, by expand', () => {
  it('includes dependencies, dependants, subtasks, parent and comments', async () => {
    const found = await expanded(task, ALL);
    expect(found).toMatchObject({
      ...{ id: task.id, title: 'task', version: expect.any(Number) },
      dependencies: {
        items: prerequisites.map(({ id, ref, title }) => ({
          taskId: task.id,
          dependsOn: { id, projectKey: task['projectKey'], list: 'master', ref, title, status: 'pending', stage: null },
          createdBy: suite.ada.id,
          createdAt: expect.any(String),
        })),
        total: 2,
        hasMore: false,
      },
      dependants: {
        items: [{ taskId: task.id, dependant: { id: dependant.id, title: 'release' }, createdBy: suite.ada.id }],
        total: 1,
        hasMore: false,
      },
      subtasks: {
        items: [
          { id: subtasks[0]?.id, ref: '1.1.1', title: 'first step', status: 'pending', stage: null, priority: 8 },
          { id: subtasks[1]?.id, ref: '1.1.2', title: 'second step', status: 'in_progress', stage: 'review' },
        ],
        total: 2,
        hasMore: false,
      },
      parent: { id: parent.id, ref: '1', title: 'parent' },
      comments: {
        items: [
          { taskId: task.id, userId: suite.ada.id, userName: 'ada', content: 'hello', edited: false },
          { taskId: task.id, userId: suite.ada.id, userName: 'ada', content: 'again', edited: false },
        ],
        total: 2,
        hasMore: false,
      },
    });
    expect(Object.keys(found.subtasks.items[0] ?? {})).not.toContain('details');
  });

  it('is the same by number, and includes only what is asked for', async () => {
    const byNumber = await suite.client.get<ExpandedTask>(`${path}/${task.ref}?expand=comments,parent`);
    expect(byNumber.body.data).toEqual(await expanded(task, 'parent,comments'));
    expect(byNumber.body.data).not.toHaveProperty('subtasks');
    const { body } = await suite.client.get<ExpandedTask>(`/tasks/${task.id}?fields=ref,title&expand=parent`);
    expect(body.data).toEqual({ ref: task.ref, title: 'task', parent: expect.objectContaining({ title: 'parent' }) });
  });

  it('says nothing where there is nothing', async () => {
    const empty = { items: [], total: 0, hasMore: false };
    expect(await expanded(await suite.create({ title: 'alone' }), ALL)).toMatchObject({
      ...{ dependencies: empty, dependants: empty, subtasks: empty, parent: null, comments: empty },
    });
  });

  it('refuses unknown values and names the known ones', async () => {
    for (const query of ['expand=owner', 'expand=parent,owner', 'expand=', 'expand=parent&expand=comments']) {
      for (const where of [`/tasks/${task.id}`, `${path}/${task.ref}`]) {
        const reply = await suite.client.get(`${where}?${query}`);
        const code = query.includes('&') ? 'REPEATED_PARAMETER' : 'INVALID_PARAMETER';
        expect([query, refusal(reply)]).toEqual([query, [400, ['query.expand', code]]]);
      }
    }
    const { body } = await suite.client.get(`/tasks/${task.id}?expand=owner&fields=colour`);
    expect(body.errors?.map(({ path: at }) => at)).toEqual(['query.expand', 'query.fields']);
    expect(body.errors?.[0]?.message).toBe(`unknown: owner; known: assignee, ${ALL.split(',').join(', ')}`);
    expect((await suite.client.patch(`/tasks/${task.id}?expand=parent`, {})).status).toBe(400);
  });

  it('takes one statement for any number of rows', async () => {
    expect(await statements(() => expanded(task, ALL))).toBe(1);
  });

  it('leaves out deleted tasks, and has them again when they are restored', async () => {
    const [kept, gone] = [await suite.create({ title: 'kept' }), await suite.create({ title: 'gone' })];
    const owner = await suite.create({ title: 'owner' });
    const step = await suite.create({ title: 'step', parentTaskId: owner.id });
    for (const { id } of [kept, gone]) await depend(owner, id);
    await depend(gone, step.id);
    await suite.client.delete(`/tasks/${gone.id}`);
    expect(titles((await expanded(owner, ALL)).subtasks)).toEqual(['step']);
    const { dependencies } = await expanded(owner, ALL);
    expect([dependencies.items.map(({ dependsOn }) => dependsOn.title), dependencies.total]).toEqual([['kept'], 1]);
    expect((await expanded(step, ALL)).dependants).toEqual({ items: [], total: 0, hasMore: false });
    await suite.client.delete(`/tasks/${step.id}`);
    expect((await expanded(owner, ALL)).subtasks).toEqual({ items: [], total: 0, hasMore: false });
    await suite.client.post(`/tasks/${gone.id}/restore`);
    expect((await expanded(owner, ALL)).dependencies.total).toBe(2);
  });

  it('tells a list that it has cut from a whole one', async () => {
    const owner = await suite.create({ title: 'many' });
    const add = (count: number): Promise<unknown> =>
      suite.app.sql(
        `insert into public.task_comments (team_id, task_id, user_id, content, created_at)
select $1, $2, $3, 'comment ' || n, timestamptz '2026-01-01' + n * interval '1 minute'
from generate_series(1, $4::int) n`,
        [suite.ada.teamId, owner.id, suite.ada.id, count],
      );
    await add(100);
    const whole = (await expanded(owner, 'comments')).comments;
    expect([whole.items.length, whole.total, whole.hasMore]).toEqual([100, 100, false]);
    await suite.client.post(`/tasks/${owner.id}/comments`, { content: 'the last one' });
    const cut = (await expanded(owner, 'comments')).comments;
    expect([cut.items.length, cut.total, cut.hasMore]).toEqual([100, 101, true]);
    expect(cut.items.map(({ content }) => content)).toEqual(Array.from({ length: 100 }, (_, n) => `comment ${n + 1}`));
  });

  it('shows nothing of a task to those who may not read it, and no name of whom they may not see', async () => {
    expect((await suite.asBob.get(`/tasks/${task.id}?expand=${ALL}`)).status).toBe(404);
    const team = await suite.app.team(suite.ada, suite.bob);
    const shared = await suite.create({ title: 'shared', teamId: team });
    await suite.asBob.post(`/tasks/${shared.id}/comments`, { content: 'from bob' });
    expect((await expanded(shared, ALL)).comments.items).toMatchObject([{ content: 'from bob', userName: 'bob' }]);
    await suite.app.sql('delete from public.team_members where team_id = $1 and user_id = $2', [team, suite.bob.id]);
    expect((await expanded(shared, ALL)).comments.items).toMatchObject([{ content: 'from bob', userName: null }]);
    const writer = await suite.app.user('developer', 'writer', ['tasks:write']);
    expect((await new Client(suite.app.url, writer).get(`/tasks/${task.id}?expand=parent`)).status).toBe(403);
  });

  // Comments and dependencies change without a new version of the task.
  it('is never answered with 304, while its ETag still guards a write', async () => {
    const one = await suite.create({ title: 'tagged' });
    const first = await suite.client.get(`/tasks/${one.id}?expand=comments`);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toBe('"1"');
    await suite.client.post(`/tasks/${one.id}/comments`, { content: 'new' });
    const conditional = suite.client.with({ 'if-none-match': etag });
    expect((await conditional.get(`/tasks/${one.id}?expand=comments`)).status).toBe(200);
    expect((await conditional.get(`/tasks/${one.id}`)).status).toBe(304);
    expect((await suite.client.with({ 'if-match': etag }).patch(`/tasks/${one.id}`, { title: 'new' })).status).toBe(
      200,
    );
  });
});

describe('the relations of a task in GraphQL', () => {
  const RELATED = `id parent { title } subtasks { title } dependencies { dependsOn { title } }
    dependants { taskId dependant { id title status } createdBy } comments { content author { name } }`;

  it('are those of expand', async () => {
    const graphql = new GraphqlClient(suite.app.url, suite.ada);
    const { data } = await graphql.run<{ task: unknown }>(`{ task(id: "${task.id}") { ${RELATED} } }`);
    expect(data?.task).toEqual({
      id: task.id,
      parent: { title: 'parent' },
      subtasks: [{ title: 'first step' }, { title: 'second step' }],
      dependencies: [{ dependsOn: { title: 'schema' } }, { dependsOn: { title: 'design' } }],
      dependants: [
        {
          taskId: task.id,
          dependant: { id: dependant.id, title: 'release', status: 'pending' },
          createdBy: suite.ada.id,
        },
      ],
      comments: ['hello', 'again'].map((content) => ({ content, author: { name: 'ada' } })),
    });
  });

  it('take as many statements for all tasks as for one', async () => {
    const graphql = new GraphqlClient(suite.app.url, suite.ada);
    const counts: number[] = [];
    for (const first of [1, 7]) {
      const query = `{ tasks(first: ${first}, sort: "createdAt") { nodes { dependants { dependant { title } } } } }`;
      counts.push(await statements(() => graphql.run(query)));
    }
    expect(counts).toEqual([2, 2]);
  });
});
