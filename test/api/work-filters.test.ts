import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { GraphqlClient } from '../support/graphql.js';
import { filterParameters } from '../../src/platform/schema/list-request.js';
import { Task } from '../../src/modules/tasks/task.dto.js';

/**
 * Next and claim take the filters of task lists, and mean the same by them.
 * Seen to fail: with a condition left out of app.fits_task_filter, with `dueBefore` including its end, and with identifiers
 * sent as they were given, in capital letters.
 */
interface Found {
  readonly id: string;
  readonly title: string;
}

const ABSENT = '01890000-0000-7000-8000-000000000000';
const KEY = 'work';

let app: TestApp;
let ada: TestUser;
let bob: TestUser;
let client: Client;
let graphql: GraphqlClient;
let tasks: readonly Record<string, unknown>[];

const NEW: readonly object[] = [
  { title: 'Write the parser', type: 'bug', priority: 1, complexityScore: 3, tags: ['api', 'web'] },
  { title: 'Test the parser', type: 'chore', priority: 5, dueDate: '2030-01-01T00:00:00Z', tags: ['api'] },
  { title: 'Ship', type: 'bug', priority: 8, dueDate: '2030-06-01T12:00:00.123456Z', remindAt: '2030-05-01T00:00:00Z' },
  { title: 'Announce', priority: 8, complexityScore: 9, assignedTo: 'somebody, else' },
  { title: 'Rest', status: 'in_progress', priority: 2, complexityScore: 3 },
  { title: 'Done already', status: 'completed', priority: 5 },
  { title: 'Waits', status: 'blocked', priority: 9 },
];

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.user('developer', 'ada');
  bob = await app.user('developer', 'bob');
  client = new Client(app.url, ada);
  graphql = new GraphqlClient(app.url, ada);
  await client.post('/projects', { projectKey: KEY, name: KEY });
  const ids: string[] = [];
  for (const one of NEW) {
    const { status, body } = await client.post<Found>('/tasks', { projectKey: KEY, ...one });
    expect(status).toBe(201);
    ids.push(body.data.id);
  }
  await client.post('/tasks', { projectKey: KEY, title: 'Part', parentTaskId: ids[4], assigneeId: ada.id });
  tasks = (await client.get<Record<string, unknown>[]>(`/tasks?projectKey=${KEY}&limit=100`)).body.data;
});
afterAll(() => app.close());

const idsOf = async (path: string, query: URLSearchParams): Promise<string[]> => {
  const { status, body } = await client.get<Found[]>(`${path}?${query.toString()}`);
  expect([path, query.toString(), status]).toEqual([path, query.toString(), 200]);
  return body.data.map(({ id }) => id);
};

const query = (filter: Readonly<Record<string, string>>): URLSearchParams =>
  new URLSearchParams({ limit: '100', projectKey: KEY, ...filter });

/** Two stored values of every filter, so that each finds some rows and leaves others out, where there are two. */
function filtersOf(): [string, string][] {
  const refused = new Set(['status', 'stage', 'projectKey', 'list']);
  return [...filterParameters({ shape: Task, searchable: true }).values()].flatMap(({ name, field }) => {
    if (refused.has(name) || field.name === 'completedAt') return [];
    const values = tasks.flatMap((task) => [task[field.name]].flat()).filter((value) => value !== null);
    const [one, other] = [...new Set(values.map(String))].sort();
    return [one, other].flatMap((value) =>
      value === undefined ? [] : [[name, value.includes(',') ? `"${value}"` : value] satisfies [string, string]],
    );
  });
}

describe('next', () => {
  it('gives for every filter of lists what the list has that is ready', async () => {
    const ready = new Set(await idsOf('/tasks/next', query({})));
    expect(ready.size).toBe(6);
    const cases = filtersOf();
    expect(cases.length).toBeGreaterThan(50);
    for (const [name, value] of cases) {
      const listed = await idsOf('/tasks', query({ [name]: value }));
      const next = await idsOf('/tasks/next', query({ [name]: value }));
      expect([name, value, next.sort()]).toEqual([name, value, listed.filter((id) => ready.has(id)).sort()]);
    }
  });

  it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['several values', { type: 'bug,chore' }, ['Ship', 'Test the parser', 'Write the parser']],
    ['a word', { priority: 'high' }, ['Announce', 'Ship']],
    ['no value', { assigneeId: 'null', type: 'general' }, ['Announce', 'Rest']],
    ['a search', { q: 'parser' }, ['Test the parser', 'Write the parser']],
    ['a search that excludes', { q: '-parser', type: 'bug' }, ['Ship']],
    ['a search for nothing', { q: 'nowhere' }, []],
    ['a search without a word', { q: '"' }, []],
    ['several filters', { type: 'bug', tags: 'web', complexityScoreMax: '3' }, ['Write the parser']],
    ['a status that it offers', { status: 'in-progress' }, ['Rest']],
    ['the other one', { status: 'todo', type: 'general', priorityMin: '3' }, ['Announce']],
    ['both', { status: 'pending,in_progress', type: 'general', priorityMin: '1' }, ['Announce', 'Rest']],
    ['no stage', { stage: 'null', type: 'chore' }, ['Test the parser']],
  ])('takes %s', async (_, filter, titles) => {
    const { body } = await client.get<Found[]>(`/tasks/next?${query(filter).toString()}`);
    expect(body.data.map(({ title }) => title).sort()).toEqual(titles);
  });

  it('means the same over GraphQL', async () => {
    const { data, errors } = await graphql.run<{ nextTasks: Found[] }>(
      `{ nextTasks(projectKey: "${KEY}", first: 9, search: "parser", filter: { priority: [1, "high"], assigneeId: [null] }) { title } }`,
    );
    expect([errors, data?.nextTasks]).toEqual([[], [{ title: 'Write the parser' }]]);
  });
});

describe('claim', () => {
  const claim = async (filter: object): Promise<[number, string | undefined]> => {
    const { status, body } = await client.post<{ task: Found }>('/tasks/claim?dryRun=true', {
      projectKey: KEY,
      ...filter,
    });
    return [status, status === 200 ? body.data.task.title : undefined];
  };

  it.each<[string, object, string | null]>([
    ['one value', { type: 'bug' }, 'Ship'],
    ['several', { type: ['chore', 'general'], assigneeId: null }, 'Announce'],
    ['the lower end of a range', { priorityMin: 'high' }, 'Ship'],
    ['the upper end', { priorityMax: 5 }, 'Part'],
    ['an instant', { dueBefore: '2030-01-02' }, 'Test the parser'],
    ['an instant that is too early', { dueBefore: '2030-01-01' }, null],
    ['labels', { tags: ['web', 'api'] }, 'Write the parser'],
    ['a search', { q: 'parser' }, 'Test the parser'],
    ['free text with a comma', { assignedTo: 'somebody, else' }, 'Announce'],
    ['somebody', { createdBy: () => bob.id }, null],
    ['oneself', { createdBy: () => ada.id.toUpperCase(), type: 'bug' }, 'Ship'],
    ['the status that it gives', { status: 'pending', type: 'chore' }, 'Test the parser'],
  ])('takes %s', async (_, filter, title) => {
    const entries = Object.entries(filter).map(([name, value]) => [
      name,
      typeof value === 'function' ? value() : value,
    ]);
    const [status, found] = await claim(Object.fromEntries(entries) as object);
    expect([status, found ?? null]).toEqual([title === null ? 204 : 200, title]);
  });

  it('means the same over GraphQL', async () => {
    const run = (input: string): Promise<{ data: { claimTask: { task: Found } | null } | null | undefined }> =>
      graphql.run(`mutation { claimTask(dryRun: true, input: { projectKey: "${KEY}", ${input} }) { task { title } } }`);
    const title = async (input: string): Promise<string | undefined> => (await run(input)).data?.claimTask?.task.title;
    expect(await title('q: "parser", priorityMax: 3')).toBe('Write the parser');
    expect(await title('type: "chore"')).toBe('Test the parser');
    expect(await title('assigneeId: null, type: ["general"]')).toBe('Announce');
  });
});

describe('a filter that contradicts what is offered', () => {
  it.each([
    ['status', 'completed', 'completed'],
    ['status', 'blocked', 'blocked'],
    ['status', 'pending,failed', ['pending', 'failed']],
    ['stage', 'review', 'review'],
    ['completedAfter', '2030-01-01', '2030-01-01'],
  ])('is refused: %s=%s', async (name, text, value) => {
    const next = await client.get(`/tasks/next?${query({ [name]: text }).toString()}`);
    const claimed = await client.post('/tasks/claim', { projectKey: KEY, [name]: value });
    const filter = { [name]: value };
    const over = await graphql.run('query ($filter: NextTasksFilter) { nextTasks(filter: $filter) { id } }', {
      filter,
    });
    expect([next.status, claimed.status, over.code]).toEqual([400, 400, 'VALIDATION_FAILED']);
    const problem = { code: 'CONTRADICTION', message: expect.stringContaining('have no stage') };
    expect(next.body.errors).toEqual([{ path: `query.${name}`, ...problem }]);
    expect(claimed.body.errors).toEqual([{ path: name, ...problem }]);
    expect(over.errors[0]?.extensions.errors).toEqual([{ path: `filter.${name}`, ...problem }]);
  });

  it('is refused by claim alone where next offers it', async () => {
    expect((await client.post('/tasks/claim', { status: 'in_progress' })).status).toBe(400);
  });
});

describe('what next and claim do not know', () => {
  it('is refused, with all that is wrong at once', async () => {
    const { status, body } = await client.post('/tasks/claim', {
      leaseSeconds: 0,
      priorityMin: 'none',
      dueBefore: 'soon',
      createdBy: {},
      type: [],
      q: 1,
      colour: 'red',
      complexityScore: null,
    });
    expect(status).toBe(400);
    expect(body.errors?.map(({ path }) => path).sort()).toEqual(
      ['colour', 'complexityScore', 'createdBy', 'dueBefore', 'leaseSeconds', 'priorityMin', 'q', 'type'].sort(),
    );
    const asked = await client.get('/tasks/next?priorityMin=none&dueBefore=soon&colour=red&limit=0&deleted=true');
    expect(asked.body.errors?.map(({ path }) => path).sort()).toEqual([
      'query.colour',
      'query.deleted',
      'query.dueBefore',
      'query.limit',
      'query.priorityMin',
    ]);
  });

  // Seen to fail: with `requireWorkPlace` doing nothing.
  it.each<[string, Readonly<Record<string, string>>, number]>([
    ['a team', { teamId: ABSENT }, 404],
    ['a list', { list: 'nowhere' }, 404],
    ['a list of the project', { list: 'nowhere', projectKey: KEY }, 404],
    ['a project', { projectKey: 'nowhere' }, 404],
    ['a project of the team', { projectKey: 'nowhere', teamId: '' }, 404],
    ['a known team', { teamId: '', type: 'none' }, 200],
    ['the first list', { list: 'master', type: 'none' }, 200],
  ])('is not answered with nothing: %s', async (_, place, status) => {
    const named = { ...place, ...(place['teamId'] === '' ? { teamId: ada.teamId } : {}) };
    const next = await client.get(`/tasks/next?${new URLSearchParams(named).toString()}`);
    const claimed = await client.post('/tasks/claim', named);
    expect([next.status, claimed.status]).toEqual([status, status === 200 ? 204 : status]);
  });

  it('does not tell a foreign team from an absent one', async () => {
    const [foreign, absent] = await Promise.all(
      [bob.teamId, ABSENT].map((teamId) => client.get(`/tasks/next?teamId=${teamId}`)),
    );
    expect([foreign?.status, foreign?.body.detail?.replace(bob.teamId, ABSENT)]).toEqual([404, absent?.body.detail]);
  });
});
