import { afterAll, beforeEach, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';
import { GraphqlClient } from '../support/graphql.js';

/*
 * Which project a key means, and where work is looked for, when no team is named.
 * Seen to fail: without the default team in app.find_projects, the key of two teams was ambiguous; without the bound project, it
 * meant that of the default team; with app.next_task_ids called without app.work_place, the other team's task came first;
 * without the foreign key of the default team, a former member still looked into the team.
 */
const program = fileURLToPath(new URL('./cli-program.mjs', import.meta.url));

interface Task {
  readonly id: string;
  readonly title: string;
  readonly teamId: string;
}

let app: TestApp;
let ada: TestUser;
let bob: TestUser;
let root: TestUser;
/** Teams of bob, with ada as a member. */
let first: string;
let second: string;
let made = 0;
const as = (user: TestUser): Client => new Client(app.url, user);

beforeAll(async () => {
  app = await startTestApp();
  bob = await app.user('developer', 'bob');
  root = await app.user('admin', 'root');
});

beforeEach(async () => {
  ada = await app.user('developer');
  [first, second] = [await app.team(bob, ada), await app.team(bob, ada)];
});

afterAll(() => app.close());

async function of<T>(reply: Promise<Reply<T>>): Promise<T> {
  const { status, body, text } = await reply;
  if (status >= 300) throw new Error(text);
  return body.data;
}

/** A project with one ready task in each team, under one key; a later team's task is more urgent. */
async function projectIn(...teams: string[]): Promise<string> {
  made += 1;
  const projectKey = `shared-${made}`;
  for (const [index, teamId] of teams.entries()) {
    const owner = teamId === ada.teamId ? ada : bob;
    await of(as(owner).post('/projects', { projectKey, name: projectKey, teamId }));
    await of(as(owner).post('/tasks', { projectKey, teamId, title: `task of ${teamId}`, priority: index }));
  }
  return projectKey;
}

async function keyOf(user: TestUser, projectKey: string, teamId: string): Promise<TestUser> {
  const { id, key } = await of(
    as(user).post<{ id: string; key: string }>('/api-keys', { name: 'bound', projectKey, teamId }),
  );
  return { ...user, keyId: id, key };
}

const choose = (user: TestUser, defaultTeamId: string | null): Promise<{ defaultTeamId: string }> =>
  of(as(user).patch<{ defaultTeamId: string }>('/auth/me', { defaultTeamId }));

/** What was answered, of a failure nothing. */
const dataOf = <T = Partial<Task>>({ status, body }: Reply): T | undefined =>
  status === 200 || status === 201 ? (body.data as T) : undefined;

/** The team whose project a key means, on each surface that takes one. */
async function meaning(user: TestUser, key: string): Promise<string[]> {
  const graphql = await new GraphqlClient(app.url, user).run<{ project?: Partial<Task> }>(
    'query ($key: String!) { project(key: $key) { teamId } }',
    { key },
  );
  const [listed] = await cli(user, ['list', '--project', key]);
  const found = [
    dataOf(await as(user).get(`/projects/${key}`)),
    graphql.data?.project,
    dataOf(await as(user).post('/tasks?dryRun=true', { projectKey: key, title: 'rehearsed' })),
    { teamId: listed?.title?.replace('task of ', '') },
  ].map((one) => one?.teamId ?? 'none');
  return [...new Set(found)];
}

/** Runs a command and answers the tasks that it printed as JSON. */
function cli(user: TestUser, args: readonly string[]): Promise<(Partial<Task> | null)[]> {
  const env = { ...process.env, TASKMASTER_URL: app.url, TASKMASTER_API_KEY: user.key };
  return new Promise((resolve) => {
    execFile(process.execPath, ['--no-warnings', program, ...args, '--json'], { env, timeout: 60_000 }, (_error, out) =>
      resolve(out === '' ? [] : [JSON.parse(out) as Partial<Task>].flat()),
    );
  });
}

/** The titles of the work that each surface picks on its own. */
async function work(user: TestUser, scope: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const options = Object.entries(scope).flatMap(([name, value]) => [name === 'teamId' ? '--team' : '--project', value]);
  const next = await as(user).get(`/tasks/next?limit=100&${new URLSearchParams(scope).toString()}`);
  const claim = await as(user).post('/tasks/claim?dryRun=true', scope);
  const graphql = new GraphqlClient(app.url, user);
  const listed = await graphql.run<{ nextTasks?: Task[] }>(
    'query ($teamId: ID, $projectKey: String) { nextTasks(first: 100, teamId: $teamId, projectKey: $projectKey) { title } }',
    scope,
  );
  const claimed = await graphql.run<{ claimTask?: { task: Task } | null }>(
    'mutation ($input: ClaimRequest!) { claimTask(input: $input, dryRun: true) { task { title } } }',
    { input: scope },
  );
  const titles = (tasks: readonly (Partial<Task> | null | undefined)[] = []): string =>
    [...new Set(tasks.map((task) => task?.title?.replace('task of ', '') ?? 'nothing'))].join(' ') || 'nothing';
  const found = [
    titles(dataOf<Task[]>(next)),
    titles([dataOf<{ task: Task }>(claim)?.task]),
    titles(listed.data?.nextTasks),
    titles([claimed.data?.claimTask?.task]),
    titles(await cli(user, ['next', '--limit', '100', ...options])),
  ];
  return [...new Set(found)];
}

describe('a project that is named without its team', () => {
  it('is that of the personal team, until another default team is chosen', async () => {
    const key = await projectIn(ada.teamId, first, second);
    expect(await meaning(ada, key)).toEqual([ada.teamId]);
    await choose(ada, first);
    expect(await meaning(ada, key)).toEqual([first]);
    await choose(ada, null);
    expect(await meaning(ada, key)).toEqual([ada.teamId]);
  });

  it('is that of the key before that of the default team, and the team that is named comes before both', async () => {
    const key = await projectIn(ada.teamId, first, second);
    const agent = await keyOf(ada, key, second);
    expect(await meaning(agent, key)).toEqual([second]);
    expect((await as(agent).get(`/projects/${key}?teamId=${first}`)).body.data).toMatchObject({ teamId: first });
    // The binding says what the name means. It does not hide what has another name.
    const other = await projectIn(first);
    expect(await meaning(agent, other)).toEqual([first]);
  });

  it('is the only match where neither has one', async () => {
    expect(await meaning(ada, await projectIn(second))).toEqual([second]);
  });

  it('is ambiguous otherwise, and the choices are named', async () => {
    const key = await projectIn(first, second);
    const rest = await as(ada).get(`/projects/${key}`);
    expect(rest.body).toMatchObject({ status: 409, code: 'AMBIGUOUS_PROJECT' });
    const teams = await of(as(ada).get<{ id: string; name: string }[]>(`/teams?id=${first},${second}`));
    const choices = teams.map(({ id, name }) => ({ path: 'query.teamId', message: `${id} (${name})`, code: 'CHOICE' }));
    expect(new Set(rest.body.errors)).toEqual(new Set(choices));
    expect(choices).toHaveLength(2);
    const graphql = await new GraphqlClient(app.url, ada).run(`{ project(key: "${key}") { teamId } }`);
    const messages = rest.body.errors?.map(({ message }) => message);
    const messagesOf = (errors: readonly { message: string }[] = []): string[] => errors.map(({ message }) => message);
    expect([graphql.code, messagesOf(graphql.errors[0]?.extensions.errors)]).toEqual(['AMBIGUOUS_PROJECT', messages]);
    for (const refused of [
      await as(ada).post('/tasks', { projectKey: key, title: 'x' }),
      await as(ada).get(`/tasks/next?projectKey=${key}`),
      await as(ada).post('/tasks/claim', { projectKey: key }),
      await as(ada).patch(`/projects/${key}`, { name: 'x' }),
      await as(ada).get(`/projects/${key}/export`),
      await as(ada).post('/api-keys', { name: 'x', projectKey: key }),
    ]) {
      expect([refused.body.code, messagesOf(refused.body.errors)]).toEqual(['AMBIGUOUS_PROJECT', messages]);
    }
  });

  // Seen to fail: with the choices read under the policies of the reporter, one who may only report got none.
  it('is ambiguous in reports of errors, too, and the choices are named to those who may only report', async () => {
    await app.sql(`insert into public.user_roles (role_name, permissions) values ('pen', '["errors:write"]')`);
    const pen = await app.user('pen');
    const [one, other] = [await app.team(bob, pen), await app.team(bob, pen)];
    const key = await projectIn(one, other);
    const only = await projectIn(one);
    const names = await app.sql<{ message: string }>(
      `select id || ' (' || name || ')' as message from public.teams where id in ($1, $2) order by id`,
      [one, other],
    );
    const choices = names.map(({ message }) => ({ path: 'teamId', message, code: 'CHOICE' }));
    const report = (projectKey: string): object => ({ projectKey, errorMessage: 'failed' });
    const { body } = await as(pen).post('/errors', report(key));
    expect([body.code, body.errors]).toEqual(['AMBIGUOUS_PROJECT', choices]);
    const errors = [report(only), report(key), report('none'), report(key)];
    const batch = await as(pen).post<{ status: number; error?: object }[]>('/errors/batch', { errors });
    expect(batch.body.data.map(({ status }) => status)).toEqual([201, 409, 404, 409]);
    for (const index of [1, 3]) {
      expect(batch.body.data[index]?.error).toMatchObject({ code: 'AMBIGUOUS_PROJECT', errors: choices });
    }
    const graphql = await new GraphqlClient(app.url, pen).run(
      'mutation ($input: NewError!) { recordError(input: $input) { id } }',
      { input: report(key) },
    );
    expect(graphql.errors[0]?.extensions).toMatchObject({ code: 'AMBIGUOUS_PROJECT' });
    expect(graphql.errors[0]?.extensions.errors.map(({ message }) => message)).toEqual(
      names.map(({ message }) => message),
    );
  });

  it('is none of strangers, for an administrator either who has one of this name', async () => {
    const key = await projectIn(first, second);
    const stranger = await app.user();
    expect((await as(stranger).get(`/projects/${key}`)).status).toBe(404);
    // Several of strangers are ambiguous, but the choices name only teams that one is in.
    expect((await as(root).get(`/projects/${key}`)).body).toMatchObject({ code: 'AMBIGUOUS_PROJECT', errors: [] });
    await of(as(root).post('/projects', { projectKey: key, name: key, teamId: await app.team(root) }));
    expect((await as(root).get(`/projects/${key}`)).status).toBe(200);
  });

  it('takes the errors that are reported under its name', async () => {
    const key = await projectIn(first);
    await of(as(root).post('/projects', { projectKey: key, name: key }));
    const report = (): Promise<{ teamId: string }> =>
      of(as(root).post<{ teamId: string }>('/errors', { projectKey: key, errorMessage: 'failed' }));
    expect(await report()).toMatchObject({ teamId: root.teamId });
  });
});

describe('work', () => {
  it('is looked for in the default team alone', async () => {
    const key = await projectIn(ada.teamId, first, second);
    await of(as(bob).post('/tasks', { teamId: second, title: 'without a project', priority: 10 }));
    expect(await work(ada)).toEqual([ada.teamId]);
    await choose(ada, first);
    expect(await work(ada)).toEqual([first]);
    expect(await work(ada, { projectKey: key })).toEqual([first]);
  });

  it('is looked for in the team or project that is named', async () => {
    const key = await projectIn(ada.teamId, first, second);
    const only = await projectIn(second);
    expect(await work(ada, { teamId: first })).toEqual([first]);
    expect(await work(ada, { projectKey: key, teamId: second })).toEqual([second]);
    expect(await work(ada, { projectKey: only })).toEqual([second]);
  });

  it('is looked for in the project of the key', async () => {
    const key = await projectIn(ada.teamId, second);
    await of(as(bob).post('/tasks', { teamId: second, title: 'without a project', priority: 10 }));
    const agent = await keyOf(ada, key, second);
    expect(await work(agent)).toEqual([second]);
    expect(await work(agent, { teamId: ada.teamId })).toEqual([ada.teamId]);
  });

  it('is not looked for in teams of others by an administrator', async () => {
    await projectIn(first);
    expect(await work(root)).toEqual(['nothing']);
  });

  it('of a project that is not there is refused, not missing', async () => {
    const elsewhere: Record<string, string> = { projectKey: await projectIn(first), teamId: second };
    for (const scope of [{ projectKey: 'no-such' }, elsewhere]) {
      expect((await as(ada).get(`/tasks/next?${new URLSearchParams(scope).toString()}`)).status).toBe(404);
      expect((await as(ada).post('/tasks/claim', scope)).status).toBe(404);
    }
  });
});

describe('the default team', () => {
  it('is where things without a team are created', async () => {
    await choose(ada, first);
    made += 1;
    expect(await of(as(ada).post('/tasks', { title: 'x' }))).toMatchObject({ teamId: first });
    const project = { projectKey: `own-${made}`, name: 'x' };
    expect(await of(as(ada).post('/projects', project))).toMatchObject({ teamId: first });
    await choose(ada, null);
    expect(await of(as(ada).post('/tasks', { title: 'x' }))).toMatchObject({ teamId: ada.teamId });
  });

  it('is chosen and told over GraphQL', async () => {
    const client = new GraphqlClient(app.url, ada);
    const set = 'mutation ($team: ID) { updateMe(input: { defaultTeamId: $team }) { defaultTeamId } }';
    expect((await client.run(set, { team: second })).data).toEqual({ updateMe: { defaultTeamId: second } });
    expect((await client.run('{ me { defaultTeamId } }')).data).toEqual({ me: { defaultTeamId: second } });
    expect((await client.run(set, { team: null })).data).toEqual({ updateMe: { defaultTeamId: ada.teamId } });
  });

  it('is a team that one is in, and an absent one looks the same', async () => {
    const [foreign, absent] = [(await app.user()).teamId, '0198c0de-0000-7000-8000-000000000000'];
    for (const defaultTeamId of [foreign, absent]) {
      const refused = await as(ada).patch('/auth/me', { defaultTeamId });
      expect(refused.body).toMatchObject({
        status: 422,
        errors: [{ path: 'defaultTeamId', message: 'You are not a member of this team.' }],
      });
    }
    expect((await as(root).patch('/auth/me', { defaultTeamId: first })).status).toBe(422);
    expect((await as(ada).patch('/auth/me', { defaultTeamId: 'x', email: 'y' })).body.errors).toHaveLength(2);
    expect((await as(ada).patch(`/auth/me?dryRun=true`, { defaultTeamId: first })).status).toBe(200);
    expect((await as(ada).patch('/auth/me', {})).body.data).toMatchObject({ defaultTeamId: ada.teamId });
    const narrow = await app.user('developer', undefined, ['tasks:read', 'tasks:write']);
    expect((await as(narrow).patch('/auth/me', { defaultTeamId: null })).status).toBe(403);
  });

  it.each([
    ['left', () => as(ada).delete(`/teams/${first}/members/${ada.id}`)],
    ['removed', () => as(bob).delete(`/teams/${first}/members/${ada.id}`)],
    ['disbanded', () => as(bob).delete(`/teams/${first}`)],
  ] as const)('is the personal one again once one has %s it', async (_how, end) => {
    await choose(ada, first);
    expect((await end()).status).toBe(204);
    expect((await as(ada).get('/auth/me')).body.data).toMatchObject({ defaultTeamId: ada.teamId });
  });
});

describe('a key that is bound to a project', () => {
  it('says so, and its successor is bound too', async () => {
    const key = await projectIn(second);
    const agent = await keyOf(ada, key, second);
    const rotated = await as(ada).post(`/api-keys/${agent.keyId}/rotate`);
    expect(rotated.body.data).toMatchObject({ projectKey: key, teamId: second });
    const listed = await of(as(ada).get<object[]>(`/api-keys?projectKey=${key}`));
    expect(listed).toHaveLength(2);
    expect((await as(ada).post('/api-keys', { name: 'x', teamId: second })).body.errors).toMatchObject([
      { path: 'projectKey', code: 'REQUIRED' },
    ]);
  });

  it('is bound to a project of a team that one is in', async () => {
    const key = await projectIn(first);
    expect((await as(await app.user()).post('/api-keys', { name: 'x', projectKey: key })).status).toBe(404);
    expect((await as(root).post('/api-keys', { name: 'x', projectKey: key })).status).toBe(422);
  });

  it('ends with the membership', async () => {
    const agent = await keyOf(ada, await projectIn(second), second);
    expect((await as(agent).get('/tasks/next')).status).toBe(200);
    expect((await as(ada).delete(`/teams/${second}/members/${ada.id}`)).status).toBe(204);
    expect((await as(agent).get('/tasks/next')).status).toBe(401);
  });

  it('means no other project once its own is deleted', async () => {
    const key = await projectIn(ada.teamId, second);
    const agent = await keyOf(ada, key, second);
    const { body } = await as(bob).get<Task[]>(`/projects/${key}/tasks?teamId=${second}`);
    for (const { id } of body.data) await of(as(bob).delete(`/tasks/${id}`));
    expect((await as(bob).delete(`/projects/${key}?teamId=${second}`)).status).toBe(204);
    expect((await as(agent).get(`/projects/${key}`)).status).toBe(404);
    expect((await as(agent).get('/tasks/next')).body.data).toEqual([]);
  });
});
