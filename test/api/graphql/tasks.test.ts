import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../../src/platform/database/database.js';
import type { TestApp, TestUser } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import { Client } from '../../support/client.js';
import type { GraphqlReply } from '../../support/graphql.js';
import { GraphqlClient } from '../../support/graphql.js';

/**
 * Tasks over GraphQL: the same rows as REST, only the requested columns, and a statement count independent of the rows.
 * Seen to fail: with one statement per row (a loop around `relatedRows`), 100 tasks took more statements than 10; when
 * `columnsFor` returned all fields, the statement selected `details`.
 */
interface Page {
  readonly nodes: readonly Record<string, unknown>[];
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly totalCount: number;
}

let app: TestApp;
let ada: TestUser;
let bob: TestUser;
let team: string;
let client: GraphqlClient;
let rest: Client;

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.user('developer', 'ada');
  bob = await app.user('developer', 'bob');
  team = await app.team(ada, bob);
  client = new GraphqlClient(app.url, ada);
  rest = new Client(app.url, ada);
});
afterAll(() => app.close());

async function fill(count: number): Promise<string[]> {
  const operations = Array.from({ length: count }, (_, index) => ({
    op: 'create',
    task: { title: `task ${index}`, teamId: team, assigneeId: index % 2 ? bob.id : ada.id, priority: index % 10 },
  }));
  const { body } = await rest.post<{ id: string }[]>('/tasks/bulk', { atomic: true, operations });
  return body.data.map(({ id }) => id);
}

/** The reads of a request; background work runs on separate connections and is not counted. */
async function statements(work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const stop = app.app.get(Database).onQuery(({ pool }) => {
    if (pool === 'read') count += 1;
  });
  await work();
  stop();
  return count;
}

describe('a list', () => {
  it('pages by cursor to its end, each row once', async () => {
    const ids = await fill(25);
    const query = `query($after: String) {
      tasks(first: 10, after: $after, sort: "-priority,createdAt", filter: { teamId: "${team}" }) {
        edges { cursor node { id } } pageInfo { hasNextPage endCursor } totalCount
      }
    }`;
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const reply: GraphqlReply<{ tasks: Page }> = await client.run(query, { after });
      const { edges, pageInfo, totalCount } = reply.data!.tasks;
      expect(totalCount).toBe(25);
      expect(pageInfo.endCursor).toBe(edges.at(-1)?.cursor);
      seen.push(...edges.map(({ node }) => node.id));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after);
    expect(seen.length).toBe(25);
    expect(new Set(seen)).toEqual(new Set(ids));
    // The cursor of any row continues after it, as over REST.
    const { data } = await client.run<{ tasks: Page }>(query, {});
    const third = data!.tasks.edges[2]!;
    const { body } = await rest.get<{ id: string }[]>(
      `/tasks?limit=2&sort=-priority,createdAt&teamId=${team}&cursor=${third.cursor}`,
    );
    expect(body.data.map(({ id }) => id)).toEqual(data!.tasks.edges.slice(3, 5).map(({ node }) => node.id));
  });

  it('has the filters of REST, and a text may contain a comma', async () => {
    const { data } = await client.run<{ createTask: { id: string } }>(
      'mutation($input: NewTask!) { createTask(input: $input) { id } }',
      { input: { title: 'with a comma', assignedTo: 'Lovelace, Ada', status: 'in-progress', tags: ['a', 'b'] } },
    );
    const filters = [
      { assignedTo: ['Lovelace, Ada'] },
      { status: ['in_progress'], tags: ['a', 'b'] },
      { id: [data!.createTask.id], projectKey: [null] },
      { status: ['in_progress'], createdAfter: '2026-01-01', priorityMax: 3 },
    ];
    for (const filter of filters) {
      const found = await client.run<{ tasks: Page }>(
        'query($filter: TaskFilter) { tasks(filter: $filter) { nodes { id } } }',
        { filter },
      );
      expect([filter, found.data?.tasks.nodes]).toEqual([filter, [{ id: data!.createTask.id }]]);
    }
  });

  it('returns what REST returns, field by field', async () => {
    const [id = ''] = await fill(1);
    const { data } = await rest.get(`/tasks/${id}`).then(({ body }) => body);
    const fields = Object.keys(data).join(' ');
    const reply = await client.run(`{ task(id: "${id}") { ${fields} } }`);
    expect(reply.data).toEqual({ task: data });
    // The second run uses the compiled document.
    expect((await client.run(`{ task(id: "${id}") { ${fields} } }`)).data).toEqual({ task: data });
  });
});

describe('related rows', () => {
  const query = `query($first: Int!) {
    tasks(first: $first, filter: { teamId: "TEAM" }) {
      nodes { id assignee { name } validations { id task { id } } dependencies { dependsOn { id } } subtasks { id } parent { id } }
    }
  }`;

  it('take as many statements for 100 tasks as for 10', async () => {
    await fill(100);
    const run = (first: number) => async () => {
      const { data, errors } = await client.run<{ tasks: Page }>(query.replace('TEAM', team), { first });
      expect([errors, data?.tasks.nodes.length]).toEqual([[], first]);
    };
    await run(1)();
    const few = await statements(run(10));
    const many = await statements(run(100));
    expect(many).toBe(few);
    // The page and one statement for each relation; of nothing that is not there, parents or tasks of validations,
    // none.
    expect(many).toBe(5);
  });

  it('belong to their row, in order, limited as requested', async () => {
    const [parent = '', other = ''] = await fill(2);
    for (const title of ['one', 'two', 'three']) {
      await rest.post('/tasks', { title, parentTaskId: parent });
      await rest.post(`/tasks/${other}/comments`, { content: title });
    }
    await rest.post(`/tasks/${parent}/dependencies`, { dependsOn: other });
    const { data, errors } = await client.run<{ tasks: Page }>(
      `query($ids: [ID!]) { tasks(filter: { id: $ids }, sort: "createdAt") { nodes {
        id dependencies { dependsOn { id title } } subtasks(first: 2) { title parent { id } } comments { content }
      } } }`,
      { ids: [parent, other] },
    );
    expect(errors).toEqual([]);
    const byId = new Map(data!.tasks.nodes.map((node) => [node.id, node]));
    expect(byId.get(parent)).toEqual({
      id: parent,
      dependencies: [{ dependsOn: { id: other, title: 'task 1' } }],
      subtasks: [
        { title: 'one', parent: { id: parent } },
        { title: 'two', parent: { id: parent } },
      ],
      comments: [],
    });
    expect(byId.get(other)).toEqual({
      id: other,
      dependencies: [],
      subtasks: [],
      comments: [{ content: 'one' }, { content: 'two' }, { content: 'three' }],
    });
  });

  it('show nothing of other teams', async () => {
    const stranger = new GraphqlClient(app.url, await app.user('developer', 'stranger'));
    const [id = ''] = await fill(1);
    const reply = await stranger.run(`{ task(id: "${id}") { id } tasks { nodes { id } } }`);
    expect(reply.data).toEqual({ task: null, tasks: { nodes: [] } });
    expect(reply.errors.map(({ path, extensions }) => [path, extensions.code])).toEqual([[['task'], 'NOT_FOUND']]);
  });
});

describe('a change', () => {
  it('supports dry runs, version checks and idempotency keys', async () => {
    const create =
      'mutation($dry: Boolean, $key: String) { createTask(input: { title: "once" }, dryRun: $dry, idempotencyKey: $key) { id version } }';
    const count = async () => (await rest.get('/tasks?limit=1&q=once')).body.pagination?.total;
    expect((await client.run(create, { dry: true })).data?.createTask).toMatchObject({ version: 1 });
    expect(await count()).toBe(0);
    const first = await client.run(create, { key: 'key-1' });
    const again = await client.run(create, { key: 'key-1' });
    expect(again.data).toEqual(first.data);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await count()).toBe(1);
    const { id } = first.data?.createTask as { id: string };
    const update = `mutation($v: Int) { updateTask(id: "${id}", ifMatch: $v, input: { title: "twice" }) { title version } }`;
    expect((await client.run(update, { v: 1 })).data?.updateTask).toEqual({ title: 'twice', version: 2 });
    const stale = await client.run(update, { v: 1 });
    expect([stale.code, stale.errors[0]?.extensions.etag]).toEqual(['VERSION_MISMATCH', '"2"']);
    const other = await client.run(create.replace('once', 'other'), { key: 'key-1' });
    expect(other.code).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('refuses one header for several changes', async () => {
    const keyed = client.with({ 'idempotency-key': 'for-two' });
    const two = 'mutation { a: createTask(input: { title: "a" }) { id } b: createTask(input: { title: "b" }) { id } }';
    expect((await keyed.run(two)).code).toBe('VALIDATION_FAILED');
    const one = 'mutation { createTask(input: { title: "headed" }) { id } }';
    expect((await keyed.run(one)).data).toEqual((await keyed.run(one)).data);
  });

  it('claims, renews and releases a lease', async () => {
    const [id = ''] = await fill(1);
    const claimed = await client.run<{ claimTask: { task: { id: string }; lease: { fence: number } } }>(
      `mutation { claimTask(input: { teamId: "${team}", priorityMin: "low" }) { task { id status parent { id } } lease { fence expiresAt } } }`,
    );
    const { task, lease } = claimed.data!.claimTask;
    expect(task).toMatchObject({ status: 'in_progress', parent: null });
    const beat = `mutation { heartbeatTask(id: "${task.id}", input: { fence: ${lease.fence} }) { lease { fence } } }`;
    expect((await client.run(beat)).data).toEqual({ heartbeatTask: { lease: { fence: lease.fence } } });
    const release = `mutation { releaseTask(id: "${task.id}", input: { fence: ${lease.fence} }) { status } }`;
    expect((await client.run(release)).data).toEqual({ releaseTask: { status: 'pending' } });
    expect((await client.run(beat)).code).toBe('LEASE_LOST');
    const fenced = `mutation { completeTask(id: "${id}", fence: ${lease.fence}) { id } }`;
    expect((await client.run(fenced)).code).toBe('LEASE_LOST');
  });
});
