import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Database } from '../../src/platform/database/database.js';
import { GraphqlClient } from '../support/graphql.js';
import type { Task } from './task-suite.js';
import { TaskSuite } from './task-suite.js';

/*
 * Seen to fail: with a valid `expand` ignored, in a task and in a list; without `alwaysSent` for expanded rows; with unknown
 * names accepted; with the name taken from `assignedTo`, which row-level security does not hide.
 */
let suite: TaskSuite;
let team: string;

beforeAll(async () => {
  suite = await TaskSuite.start();
  team = await suite.app.team(suite.ada, suite.bob);
  await suite.client.post('/projects', { projectKey: 'expand', name: 'Expand', teamId: team });
});

afterAll(() => suite.app.close());

const forBob = (): Promise<Task> => suite.create({ teamId: team, assigneeId: suite.bob.id }, '/tasks');
const inProject = async (task: object = {}): Promise<string> => (await suite.create(task, '/projects/expand/tasks')).id;
const bob = (): object => ({ id: suite.bob.id, name: 'bob' });

describe('expand=assignee', () => {
  it('adds the user to a task, and null to one without', async () => {
    const task = await forBob();
    const { body } = await suite.client.get<Task>(`/tasks/${task.id}?expand=assignee`);
    expect(body.data).toEqual({ ...task, assignee: bob() });
    const { id } = await suite.create();
    expect((await suite.client.get<Task>(`/tasks/${id}?expand=assignee`)).body.data).toMatchObject({ assignee: null });
    expect(await suite.read(id)).not.toHaveProperty('assignee');
  });

  it('adds it to what is selected', async () => {
    const { id } = await forBob();
    const { body } = await suite.client.get<Task>(`/tasks/${id}?fields=id&expand=assignee`);
    expect(body.data).toEqual({ id, assignee: bob() });
    const listed = await suite.client.get<Task[]>(`/tasks?id=${id}&fields=title&expand=assignee`);
    expect(listed.body.data).toEqual([{ title: 'a task', assignee: bob() }]);
  });

  it('is answered by a task that is created', async () => {
    const input = { title: 'new', assigneeId: suite.bob.id };
    const { status, body } = await suite.client.post<Task>(`/teams/${team}/tasks?expand=assignee`, input);
    expect([status, body.data]).toEqual([201, expect.objectContaining({ title: 'new', assignee: bob() })]);
    const plain = await suite.client.post<Task>(`/teams/${team}/tasks`, input);
    expect(plain.body.data).not.toHaveProperty('assignee');
  });

  it.each(['/tasks', '/projects/expand/tasks', '/teams/{team}/tasks'])(
    'is read by the one statement of %s',
    async (path) => {
      const ids = [await inProject({ assigneeId: suite.bob.id }), await inProject()];
      const database = suite.app.app.get(Database);
      const list = async (query: string): Promise<{ tasks: Task[]; statements: number }> => {
        const spies = [jest.spyOn(database, 'query'), jest.spyOn(database, 'search')];
        const { body } = await suite.client.get<Task[]>(
          `${path.replace('{team}', team)}?id=${ids.join()}&sort=createdAt${query}`,
        );
        const statements = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
        for (const spy of spies) spy.mockRestore();
        return { tasks: body.data, statements };
      };
      const plain = await list('');
      const expanded = await list('&expand=assignee');
      expect(expanded.tasks).toEqual(plain.tasks.map((task, n) => ({ ...task, assignee: n === 0 ? bob() : null })));
      expect([plain.tasks.length, expanded.statements]).toEqual([2, plain.statements]);
    },
  );

  // The name of a user changes without a new version of the task.
  it('is never answered 304 for a task', async () => {
    const { id } = await forBob();
    const known = suite.client.with({ 'if-none-match': '"1"' });
    expect((await known.get(`/tasks/${id}`)).status).toBe(304);
    const { status, headers } = await known.get(`/tasks/${id}?expand=assignee`);
    expect([status, headers.get('etag')]).toEqual([200, '"1"']);
  });

  it('shows no name that the caller may not see, as the relation of GraphQL', async () => {
    const { id } = await forBob();
    // A foreign key takes the assignee from the task of a former member, so nothing else hides an assignee.
    await suite.app.sql(`set session_replication_role = replica;
delete from team_members where team_id = '${team}' and user_id = '${suite.bob.id}';
reset session_replication_role`);
    const { body } = await suite.client.get<Task>(`/tasks/${id}?expand=assignee`);
    const graph = await new GraphqlClient(suite.app.url, suite.ada).run<{ task: Task }>(
      `{ task(id: "${id}") { assigneeId assignee { name } } }`,
    );
    await suite.app.sql(`insert into team_members (team_id, user_id, role) values ($1, $2, 'member')`, [
      team,
      suite.bob.id,
    ]);
    expect(body.data).toMatchObject({ assigneeId: suite.bob.id, assignee: null });
    expect(graph.data?.task).toEqual({ assigneeId: suite.bob.id, assignee: null });
  });

  it.each([
    ['/tasks/{id}?expand=creator', 'INVALID_PARAMETER', /unknown: creator; known: assignee/],
    ['/tasks/{id}?expand=', 'INVALID_PARAMETER', /known: assignee/],
    ['/tasks?expand=assignee,creator', 'INVALID_PARAMETER', /unknown: creator; known: assignee/],
    ['/tasks/{id}?expand=assignee&expand=assignee', 'REPEATED_PARAMETER', /once/],
    ['/tasks?expand=assignee&expand=assignee', 'REPEATED_PARAMETER', /once/],
    ['/tasks/{id}/blockers?expand=assignee', 'UNKNOWN_PARAMETER', /not a known parameter/],
    ['/projects?expand=assignee', 'UNKNOWN_PARAMETER', /not a known parameter/],
  ])('is refused in %s', async (path, code, message) => {
    const { id } = await forBob();
    const { status, body } = await suite.client.get(path.replace('{id}', id));
    expect([status, body.errors]).toEqual([
      400,
      [{ path: 'query.expand', code, message: expect.stringMatching(message) }],
    ]);
  });
});
