import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';
import { GraphqlClient } from '../support/graphql.js';

/**
 * Versions of the resources that are no tasks: API keys, members, dependencies and roles.
 */
let app: TestApp;
let ada: TestUser;
let bob: TestUser;
let root: TestUser;
let client: Client;
const as = (user: TestUser): Client => new Client(app.url, user);

interface Resource {
  readonly id: string;
  readonly version: number;
}

async function made(reply: Promise<Reply<Resource>>): Promise<string> {
  const { status, body, headers } = await reply;
  expect([status, body.data.version, headers.get('etag')]).toEqual([201, 1, '"1"']);
  return body.data.id;
}

const newKey = (): Promise<string> => made(client.post<Resource>('/api-keys', { name: 'key' }));

async function newMembership(): Promise<string> {
  const { body } = await client.post<Resource>('/teams', { name: 'A team' });
  const path = `/teams/${body.data.id}/members`;
  await made(as(root).post<Resource>(path, { userId: bob.id }));
  return `${path}/${bob.id}`;
}

async function newDependency(): Promise<string> {
  const [one, other] = await Promise.all(
    ['one', 'other'].map(async (title) => (await client.post<Resource>('/tasks', { title })).body.data.id),
  );
  await made(client.post<Resource>(`/tasks/${one}/dependencies`, { dependsOn: other }));
  return `/tasks/${one}/dependencies/${other}`;
}

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.user('developer', 'ada');
  bob = await app.user('developer', 'bob');
  root = await app.user('admin', 'root');
  client = as(ada);
});
afterAll(() => app.close());

const resources: readonly [string, () => Promise<string>][] = [
  ['an API key', async () => `/api-keys/${await newKey()}`],
  ['a member', newMembership],
  ['a dependency', newDependency],
];

describe.each(resources)('the version of %s', (_, create) => {
  it('is in the resource and is its ETag', async () => {
    const { status, body, headers } = await client.get<Resource>(await create());
    expect([status, body.data.version, headers.get('etag')]).toEqual([200, 1, '"1"']);
  });

  // Seen to fail: with guard 'none' in the declaration of a member's removal, and without the version in the conditions of
  // the statements of keys and dependencies.
  it.each([
    ['an older one', '"7"', 412],
    ['a weak one', 'W/"1"', 412],
    ['no ETag', '1', 400],
    ['the current one', '"1"', 204],
    ['any', '*', 204],
    ['the current one of a list', '"7", "1"', 204],
  ])('is checked when it is deleted with If-Match: %s', async (_what, header, expected) => {
    const path = await create();
    const { status, headers, body } = await client.with({ 'if-match': header }).delete(path);
    expect(status).toBe(expected);
    if (status === 412) expect([headers.get('etag'), body.code]).toEqual(['"1"', 'VERSION_MISMATCH']);
    const left = await client.get<{ revokedAt?: string | null }>(path);
    expect(left.status === 404 || typeof left.body.data.revokedAt === 'string').toBe(expected === 204);
  });

  it('does not tell a foreign one from an absent one', async () => {
    const path = await create();
    const absent = path.replace(/[0-9a-f]{12}$/, '000000000000');
    const eve = as(await app.user('developer'));
    for (const method of ['GET', 'DELETE']) {
      const [foreign, missing] = [await eve.call(method, path), await client.call(method, absent)];
      expect([method, foreign.status, missing.status]).toEqual([method, 404, 404]);
    }
  });
});

describe('the version of a member', () => {
  it('counts changes, and guards them', async () => {
    const path = await newMembership();
    const changed = await client.with({ 'if-match': '"1"' }).patch<Resource>(path, { role: 'admin' });
    expect([changed.status, changed.body.data.version, changed.headers.get('etag')]).toEqual([200, 2, '"2"']);
    const stale = await client.with({ 'if-match': '"1"' }).patch(path, { role: 'member' });
    expect([stale.status, stale.headers.get('etag')]).toEqual([412, '"2"']);
    expect((await client.get<{ role: string }>(path)).body.data.role).toBe('admin');
  });

  // Seen to fail: with the check of the held version left out of `leave`.
  it('guards leaving', async () => {
    const path = await newMembership();
    const stale = await as(bob).with({ 'if-match': '"2"' }).delete(path);
    expect([stale.status, stale.headers.get('etag')]).toEqual([412, '"1"']);
    expect((await as(bob).with({ 'if-match': '"1"' }).delete(path)).status).toBe(204);
  });

  it('is not answered by 304, because the name of the user is none of its changes', async () => {
    const path = await newMembership();
    const again = await client.with({ 'if-none-match': '"1"' }).get(path);
    expect([again.status, again.headers.get('etag')]).toEqual([200, '"1"']);
  });
});

describe('the version of an API key', () => {
  it('guards the rotation, which makes a new version of the old key', async () => {
    const id = await newKey();
    const stale = await client.with({ 'if-match': '"2"' }).post(`/api-keys/${id}/rotate`);
    expect([stale.status, stale.headers.get('etag')]).toEqual([412, '"1"']);
    const rotated = await client.with({ 'if-match': '"1"' }).post<Resource>(`/api-keys/${id}/rotate`, {});
    expect([rotated.status, rotated.headers.get('etag')]).toEqual([201, '"1"']);
    expect(rotated.headers.get('location')).toBe(`/api/v1/api-keys/${rotated.body.data.id}`);
    expect((await client.get(`/api-keys/${id}`)).headers.get('etag')).toBe('"2"');
  });

  // Seen to fail: with a trigger for every update.
  it('is not changed by use', async () => {
    const id = await newKey();
    const used = 'update public.api_keys set last_used_at = now() where id = $1 returning version';
    expect(await app.sql(used, [id])).toEqual([{ version: 1 }]);
    const renamed = "update public.api_keys set name = 'other' where id = $1 returning version";
    expect(await app.sql(renamed, [id])).toEqual([{ version: 2 }]);
  });

  it('shows nobody the secret', async () => {
    const { body } = await client.get(`/api-keys/${await newKey()}`);
    expect(Object.keys(body.data)).not.toContain('key');
  });
});

describe('the version of a role', () => {
  it('is its ETag, answers 304 and counts changes', async () => {
    const { body } = await client.get<Resource[]>('/roles?name=viewer');
    const path = `/roles/${body.data[0]?.id}`;
    expect((await client.get(path)).headers.get('etag')).toBe('"1"');
    expect((await client.with({ 'if-none-match': '"1"' }).get(path)).status).toBe(304);
    await app.sql("update public.user_roles set role_description = 'Reads' where role_name = 'viewer'");
    const again = await client.with({ 'if-none-match': '"1"' }).get<Resource>(path);
    expect([again.status, again.body.data.version]).toEqual([200, 2]);
  });
});

describe('the same over GraphQL', () => {
  it('names the current version of what has changed', async () => {
    const path = await newMembership();
    const [, , team] = path.split('/');
    const { errors } = await new GraphqlClient(app.url, ada).run(
      `mutation { updateTeamMember(teamId: "${team}", userId: "${bob.id}", input: { role: "admin" }, ifMatch: 2) { version } }`,
    );
    expect(errors[0]?.extensions).toMatchObject({ code: 'VERSION_MISMATCH', etag: '"1"' });
  });
});
