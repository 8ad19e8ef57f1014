import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hashPassword } from '../../src/modules/identity/passwords.js';
import { KeyUse } from '../../src/platform/credentials/key-use.js';
import { EventStream } from '../../src/platform/events/event-stream.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';

/** What the TaskFlow documents require of requests, logins and pages, beyond the suites of the modules. */
const ORIGIN = 'https://app.example.test';
const PASSWORD = 'correct horse battery staple';

let app: TestApp;
let ada: TestUser;
let client: Client;

beforeAll(async () => {
  app = await startTestApp({ CORS_ORIGINS: ORIGIN });
  ada = await app.user('developer', 'ada');
  await app.sql('update users set password_hash = $2 where id = $1', [ada.id, await hashPassword(PASSWORD)]);
  client = new Client(app.url, ada);
});

afterAll(() => app.close());

async function pathsRefused(task: object): Promise<readonly string[]> {
  const { status, body } = await client.post('/tasks', { title: 'x', ...task });
  expect(status).toBe(400);
  return body.errors?.map(({ path }) => path) ?? [];
}

describe('a new task', () => {
  it.each([
    ['title', 500],
    ['description', 100_000],
    ['type', 50],
    ['assignedTo', 255],
  ])('refuses a %s of more than %i characters', async (field, length) => {
    expect(await pathsRefused({ [field]: 'x'.repeat(length + 1) })).toEqual([field]);
    expect((await client.post('/tasks', { title: 'x', [field]: 'x'.repeat(length) })).status).toBe(201);
  });

  it.each([
    ['status', 'someday'],
    ['priority', 'utmost'],
    ['recurrencePattern', 'hourly'],
    ['dueDate', '2026-02-30T00:00:00Z'],
    ['remindAt', 'tomorrow'],
  ])('refuses %s %j', async (field, value) => {
    expect(await pathsRefused({ [field]: value })).toEqual([field]);
  });
});

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

describe('a text in a request', () => {
  it('is bounded by length, pattern, format or values in every field', async () => {
    const document = (await (await fetch(`${app.url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { requestBody?: { content: Record<string, { schema: Schema }> } }>>;
      components: { schemas: Record<string, Schema> };
    };
    const bounded = (schema: Schema): boolean =>
      ['maxLength', 'pattern', 'enum', 'const'].some((bound) => bound in schema) ||
      ['uuid', 'date-time', 'binary'].includes(schema.format ?? '');
    let texts = 0;
    const unbounded: string[] = [];
    // Any JSON value: the body of 1 MiB is its bound.
    const isAnyJson = ({ oneOf = [] }: Schema): boolean => oneOf.some(({ type }) => type === 'object');
    const visit = (schema: Schema, at: string, above: readonly string[]): void => {
      if (isAnyJson(schema)) return;
      const name = schema.$ref?.split('/').at(-1);
      if (name !== undefined && !above.includes(name))
        visit(document.components.schemas[name]!, name, [...above, name]);
      if ([schema.type].flat().includes('string')) {
        texts += 1;
        if (!bounded(schema)) unbounded.push(at);
      }
      for (const [key, inner] of Object.entries(schema.properties ?? {})) visit(inner, `${at}.${key}`, above);
      if (schema.items) visit(schema.items, `${at}[]`, above);
      for (const inner of [schema.allOf, schema.oneOf, schema.anyOf].flatMap((some) => some ?? []))
        visit(inner, at, above);
    };
    for (const methods of Object.values(document.paths))
      for (const { requestBody } of Object.values(methods))
        for (const { schema } of Object.values(requestBody?.content ?? {})) visit(schema, 'body', []);
    expect(texts).toBeGreaterThan(100);
    expect(unbounded).toEqual([]);
  });
});

describe('SQL in a request', () => {
  it('is stored, filtered and searched as plain text', async () => {
    const title = `'); drop table public.tasks; --`;
    const type = `x' or '1'='1`;
    const { status, body } = await client.post<{ id: string; title: string }>('/tasks', { title, type });
    expect([status, body.data.title]).toEqual([201, title]);
    const found = async (filter: string): Promise<string[]> =>
      (await client.get<{ id: string }[]>(`/tasks?${filter}`)).body.data.map(({ id }) => id);
    expect(await found(`type=${encodeURIComponent(type)}`)).toEqual([body.data.id]);
    expect(await found(`type=${encodeURIComponent(`none' or '1'='1`)}`)).toEqual([]);
    expect(await found(`assignedTo=${encodeURIComponent(`' or true --`)}`)).toEqual([]);
    expect(await found(`q=${encodeURIComponent(title)}`)).toEqual([body.data.id]);
  });
});

describe('the envelope of an answer', () => {
  it('names version 1.0.0', async () => {
    expect((await client.get('/tasks?limit=1')).body.meta?.version).toBe('1.0.0');
  });
});

describe('a statement that fails', () => {
  it('is counted for its pool', async () => {
    const admin = new Client(app.url, await app.user('admin'));
    const failed = async (): Promise<number> => {
      const { text } = await admin.get('/metrics');
      return Number(/^taskmaster_db_queries_failed\{pool="write"\} (\d+)$/m.exec(text)?.[1]);
    };
    const before = await failed();
    const project = { projectKey: 'twice', name: 'x' };
    await client.post('/projects', project);
    expect((await client.post('/projects', project)).status).toBe(409);
    expect(await failed()).toBe(before + 1);
  });
});

describe('a login', () => {
  const login = async (): Promise<{ token: string }> =>
    (
      await new Client(app.url).post<{ token: string }>('/auth/login', {
        email: 'ada@example.test',
        password: PASSWORD,
      })
    ).body.data;

  it('issues access tokens that are valid for 15 minutes', async () => {
    const [, claims = ''] = (await login()).token.split('.');
    const { iat, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { iat: number; exp: number };
    expect(exp - iat).toBe(15 * 60);
  });

  it('is recorded as the last login', async () => {
    await app.sql(`update users set last_login_at = '2020-01-01' where id = $1`, [ada.id]);
    await login();
    const [user] = await app.sql(`select last_login_at > '2020-01-01' as later from users where id = $1`, [ada.id]);
    expect(user).toEqual({ later: true });
  });

  it('keeps passwords as argon2id', async () => {
    expect(await hashPassword(PASSWORD)).toMatch(/^\$argon2id\$/);
  });
});

describe('an API key', () => {
  it('shows when it was last used', async () => {
    const lastUsedAt = async (): Promise<unknown> =>
      (await client.get<{ lastUsedAt: string | null }[]>('/api-keys')).body.data[0]?.lastUsedAt;
    await app.sql('update api_keys set last_used_at = null where user_id = $1', [ada.id]);
    expect(await lastUsedAt()).toBeNull();
    await app.app.get(KeyUse).write();
    expect(await lastUsedAt()).toEqual(expect.any(String));
  });
});

describe('events of a task', () => {
  it('report that it was created, assigned and completed', async () => {
    const stream = app.app.get(EventStream);
    await stream.settle();
    const since = await stream.latest();
    const { id } = (await client.post<{ id: string }>('/tasks', { title: 'x' })).body.data;
    await client.patch(`/tasks/${id}`, { assigneeId: ada.id });
    await client.post(`/tasks/${id}/complete`);
    await stream.settle();
    const { data } = (await client.get<{ type: string; subject: string }[]>(`/changes?since=${since}`)).body;
    const types = data.filter(({ subject }) => subject.includes(id)).map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['task.created', 'task.assigned', 'task.completed']));
  });
});

describe('CORS', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])(
    'lets the pages of a configured origin send %s with credentials, Authorization and Content-Type',
    async (method) => {
      const { headers } = await client
        .with({
          origin: ORIGIN,
          'access-control-request-method': method,
          'access-control-request-headers': 'authorization,content-type',
        })
        .call('OPTIONS', '/tasks');
      const listed = (name: string): string[] => (headers.get(name) ?? '').toLowerCase().split(/, */);
      expect(listed('access-control-allow-origin')).toEqual([ORIGIN]);
      expect(listed('access-control-allow-methods')).toContain(method.toLowerCase());
      expect(listed('access-control-allow-headers')).toEqual(expect.arrayContaining(['authorization', 'content-type']));
      expect(headers.get('access-control-allow-credentials')).toBe('true');
    },
  );
});
