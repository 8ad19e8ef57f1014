import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { GraphqlClient } from '../support/graphql.js';
import { LiveTestClient } from '../support/live-client.js';

/**
 * Filters and subscriptions that could never have an answer are refused: "nothing" must be true.
 * Seen to fail: with `requireNamedIn`, `requireTables`, `requireProject` and the look-up of types doing nothing.
 */
const ABSENT = '01890000-0000-7000-8000-000000000000';

let app: TestApp;
let ada: TestUser;
let eve: TestUser;
let root: TestUser;
let client: Client;
let webhook: string;

beforeAll(async () => {
  app = await startTestApp();
  await app.sql(`insert into public.user_roles (role_name, permissions)
    values ('everything', '["tasks:read","tasks:write","validations:read","errors:read"]')`);
  ada = await app.user('everything');
  eve = await app.user('developer', 'eve');
  root = await app.user('admin', 'root');
  client = new Client(app.url, ada);
  const made = await client.post<{ id: string }>('/webhooks', { url: 'https://example.com/hook', isEnabled: false });
  webhook = made.body.data.id;
  expect(made.status).toBe(201);
});
afterAll(() => app.close());

interface Documented {
  readonly paths: Readonly<Record<string, { readonly get?: { readonly parameters?: readonly { name: string }[] } }>>;
}

const document = JSON.parse(
  readFileSync(new URL('../../docs/generated/openapi.json', import.meta.url), 'utf8'),
) as Documented;

/** Every route without a parent that filters by team. The trail is left out: it outlives its teams. */
const byTeam = Object.entries(document.paths)
  .filter(([path, { get }]) => !path.includes('{') && get?.parameters?.some(({ name }) => name === 'teamId'))
  .map(([path]) => path.replace('/api/v1', ''))
  .filter((path) => path !== '/audit');

describe('an unknown team', () => {
  it.each(byTeam)('is no filter of %s', async (path) => {
    const answers = await Promise.all(
      [ABSENT, eve.teamId, ada.teamId].map((teamId) => client.get(`${path}?teamId=${teamId}`)),
    );
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 200]);
    expect(answers[0]?.body.detail).toBe(`There is no team "${ABSENT}".`);
  });
});

describe('an unknown task', () => {
  it.each(['/validations?taskId', '/errors?taskId', '/tasks?parentTaskId'])('is no filter of %s', async (path) => {
    const { body } = await client.post<{ id: string }>('/tasks', { title: 'without any' });
    const foreign = await new Client(app.url, eve).post<{ id: string }>('/tasks', { title: 'of others' });
    const answers = await Promise.all(
      [ABSENT, foreign.body.data.id, body.data.id].map((id) => client.get(`${path}=${id}`)),
    );
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 200]);
    expect(answers[0]?.body.detail).toBe(`There is no task "${ABSENT}".`);
  });
});

describe('a word that means nothing', () => {
  it('is no table of the audit trail', async () => {
    const asRoot = new Client(app.url, root);
    const { status, body } = await asRoot.get('/audit?tableName=tasks,users,nowhere');
    expect([status, body.errors]).toEqual([
      400,
      [{ path: 'query.tableName', message: 'unknown: nowhere', code: 'INVALID_PARAMETER' }],
    ]);
    for (const tableName of ['webhook_attempts', 'schema_migrations', 'pg_class']) {
      expect([tableName, (await asRoot.get(`/audit?tableName=${tableName}`)).status]).toEqual([tableName, 400]);
    }
    for (const tableName of ['tasks', 'webhooks', 'task_exchanges', 'tasks,users']) {
      expect([tableName, (await asRoot.get(`/audit?tableName=${tableName}`)).status]).toEqual([tableName, 200]);
    }
    const over = await new GraphqlClient(app.url, root).run(
      '{ audit(filter: { tableName: ["nowhere"] }) { nodes { id } } }',
    );
    expect(over.errors[0]?.extensions.errors[0]?.path).toBe('filter.tableName');
  });

  it('is no type of a delivery', async () => {
    const path = `/webhooks/${webhook}/deliveries`;
    for (const eventType of ['task.create', 'task.*', 'task.created,nothing']) {
      const { status, body } = await client.get(`${path}?eventType=${eventType}`);
      expect([eventType, status, body.errors?.[0]?.path]).toEqual([eventType, 400, 'query.eventType']);
    }
    expect((await client.get(`${path}?eventType=task.created,webhook.test`)).status).toBe(200);
  });

  it('is no type that a webhook can wait for, with all that is wrong at once', async () => {
    const input = { url: 'http://127.0.0.1/', eventTypes: ['task.created', 'task.create', 'nothing.*'] };
    const made = await client.post('/webhooks', input);
    const changed = await client.patch(`/webhooks/${webhook}`, input);
    for (const { status, body } of [made, changed]) {
      expect([status, body.errors?.map(({ path }) => path).sort()]).toEqual([400, ['eventTypes', 'url']]);
      expect(JSON.stringify(body.errors)).toContain('unknown: task.create, nothing.*');
    }
    expect((await client.patch(`/webhooks/${webhook}`, { eventTypes: ['task.*', 'webhook.test'] })).status).toBe(200);
    expect((await client.patch(`/webhooks/${webhook}`, { eventTypes: ['*'] })).status).toBe(200);
  });
});

describe('a subscription that would stay silent', () => {
  it.each([
    [{ types: ['task.create'] }, 'VALIDATION_FAILED'],
    [{ types: ['task.*', 'nothing.*'] }, 'VALIDATION_FAILED'],
    [{ projectKey: 'nowhere' }, 'NOT_FOUND'],
    [{ projectKey: ABSENT }, 'NOT_FOUND'],
  ])('is refused: %j', async (wanted, code) => {
    const live = await LiveTestClient.open(app.url, ada.key);
    const { event, data } = await live.ask('subscribe', { id: 'a', ...wanted });
    expect([event, data.code]).toEqual(['error', code]);
    // The name is free again.
    expect((await live.ask('subscribe', { id: 'a', types: ['task.*'] })).event).toBe('subscribed');
    await live.close();
  });

  it('is accepted for a project by its key and by its id', async () => {
    const { body } = await client.post<{ id: string }>('/projects', { projectKey: 'here', name: 'Here' });
    const live = await LiveTestClient.open(app.url, ada.key);
    for (const projectKey of ['here', body.data.id]) {
      expect((await live.ask('subscribe', { id: projectKey, projectKey })).event).toBe('subscribed');
    }
    await live.close();
  });
});
