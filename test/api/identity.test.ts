import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { createFirstAdmin } from '../../src/modules/identity/first-run.js';
import { LoginService } from '../../src/modules/identity/login.service.js';
import { RefreshTokens } from '../../src/platform/credentials/refresh-tokens.js';
import { sha256 } from '../../src/platform/credentials/secrets.js';
import { Database } from '../../src/platform/database/database.js';
import { eventually } from '../start/program.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';
import { PASSWORD, userWithPassword } from './password-user.js';

interface Me {
  id: string;
  username: string;
  role: string;
  permissions: string[];
  teams: { id: string; name: string; role: string }[];
}

interface LoggedIn {
  user: Me;
  token: string;
  refreshToken: string;
}

let app: TestApp;
let ada: TestUser;
let root: TestUser;
let nobody: Client;
const as = (user: TestUser): Client => new Client(app.url, user);
const bearer = (token: string): Client => nobody.with({ authorization: `Bearer ${token}` });

const withPassword = (name: string): Promise<TestUser> => userWithPassword(app, name);

const login = (email: string, password = PASSWORD): Promise<Reply<LoggedIn>> =>
  nobody.post<LoggedIn>('/auth/login', { email, password });

beforeAll(async () => {
  app = await startTestApp();
  nobody = new Client(app.url);
  ada = await withPassword('ada');
  root = await app.user('admin', 'root');
});

afterAll(() => app.close());

describe('a login', () => {
  it('returns the user and a pair of tokens', async () => {
    const team = await app.team(ada);
    const { status, body, headers } = await login('ADA@example.test');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body.data.user).toEqual({
      id: ada.id,
      username: 'ada',
      email: 'ada@example.test',
      emailVerified: false,
      secondFactor: false,
      language: 'en',
      timeZone: 'UTC',
      name: 'ada',
      role: 'developer',
      permissions: ['tasks:read', 'tasks:write', 'validations:read', 'validations:write', 'errors:read'],
      teams: [
        { id: ada.teamId, name: 'ada', role: 'owner' },
        { id: team, name: expect.any(String), role: 'owner' },
      ],
      defaultTeamId: ada.teamId,
    });
    const me = await bearer(body.data.token).get<Me>('/auth/me');
    expect(me.body.data).toEqual(body.data.user);
    expect((await bearer(body.data.token).post('/tasks', { title: 'by token' })).status).toBe(201);
    const since = 'select last_login_at > created_at as later from users where id = $1';
    expect(await app.sql(since, [ada.id])).toEqual([{ later: true }]);
  });

  it('refuses a wrong password, an unknown address, an account without password and an inactive one alike', async () => {
    await app.user('developer', 'keyonly');
    const gone = await withPassword('gone');
    await app.sql('update users set is_active = false where id = $1', [gone.id]);
    const wrong = await login('ada@example.test', 'wrong');
    expect(wrong.status).toBe(401);
    expect(wrong.body.code).toBe('INVALID_CREDENTIALS');
    for (const email of ['none@example.test', 'keyonly@example.test', 'gone@example.test']) {
      const refused = await login(email);
      expect({ ...refused.body, requestId: null }).toEqual({ ...wrong.body, requestId: null });
    }
  });

  it('reports all problems at once, and accepts no parameters', async () => {
    const { body } = await nobody.post('/auth/login', { email: 1, extra: true });
    expect(new Set(body.errors?.map(({ path }) => path))).toEqual(new Set(['email', 'password', 'extra']));
    expect((await nobody.post('/auth/login?dryRun=true', { email: 'a', password: 'b' })).status).toBe(400);
    const long = { email: 'ada@example.test', password: 'x'.repeat(257) };
    expect((await nobody.post('/auth/login', long)).status).toBe(400);
  });

  it('locks after ten wrong passwords, whether or not the account exists', async () => {
    await withPassword('target');
    for (const email of ['target@example.test', 'phantom@example.test']) {
      for (let i = 0; i < 10; i += 1) expect((await login(email, `wrong ${i}`)).status).toBe(401);
      const locked = await login(email);
      expect([email, locked.status, locked.body.code]).toEqual([email, 423, 'ACCOUNT_LOCKED']);
      expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(14 * 60);
      expect(Number(locked.headers.get('retry-after'))).toBeLessThanOrEqual(15 * 60);
      expect((await login(email.toUpperCase())).status).toBe(423);
    }
    await app.sql(`update users set locked_until = now() where username = 'target'`);
    expect((await login('target@example.test')).status).toBe(200);
  });

  it('locks after ten simultaneous wrong passwords', async () => {
    await withPassword('rushed');
    const tries = Array.from({ length: 14 }, (_, i) => login('rushed@example.test', `wrong ${i}`));
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 423)).toHaveLength(4);
  });

  it('resets the count after a correct password', async () => {
    const bob = await withPassword('bob');
    for (let i = 0; i < 9; i += 1) await login('bob@example.test', 'wrong');
    expect((await login('bob@example.test')).status).toBe(200);
    expect(await app.sql('select login_attempts from users where id = $1', [bob.id])).toEqual([{ login_attempts: 0 }]);
  });
});

describe('a login session', () => {
  it('exchanges each refresh token once, and ends when one is used twice', async () => {
    const first = (await login('ada@example.test')).body.data;
    const second = (await nobody.post<LoggedIn>('/auth/refresh', { refreshToken: first.refreshToken })).body.data;
    expect(Object.keys(second).sort()).toEqual(['refreshToken', 'token']);
    expect((await bearer(second.token).get('/auth/me')).status).toBe(200);
    const stolen = await nobody.post('/auth/refresh', { refreshToken: first.refreshToken });
    expect([stolen.status, stolen.body.code]).toEqual([401, 'UNAUTHENTICATED']);
    expect((await bearer(second.token).get('/auth/me')).status).toBe(401);
    expect((await nobody.post('/auth/refresh', { refreshToken: second.refreshToken })).status).toBe(401);
    const made = await nobody.post('/auth/refresh', { refreshToken: 'tmr_made-up' });
    expect(made.body.detail).toBe(stolen.body.detail);
  });

  it('ends when any earlier token is used, not only the last one', async () => {
    const first = (await login('ada@example.test')).body.data;
    let last: Pick<LoggedIn, 'token' | 'refreshToken'> = first;
    for (let n = 0; n < 3; n += 1) {
      last = (await nobody.post<LoggedIn>('/auth/refresh', { refreshToken: last.refreshToken })).body.data;
    }
    expect((await nobody.post('/auth/refresh', { refreshToken: first.refreshToken })).status).toBe(401);
    expect((await bearer(last.token).get('/auth/me')).status).toBe(401);
    expect((await nobody.post('/auth/refresh', { refreshToken: last.refreshToken })).status).toBe(401);
  });

  // Seen to fail: without the map of exchanges in LoginService, the losers had waited for PostgreSQL and ended the session.
  it('goes on when requests with one token come before the first of them is done', async () => {
    const { refreshToken } = (await login('ada@example.test')).body.data;
    const heard = jest.spyOn(app.app.get(LoginService), 'refresh');
    const lock = new pg.Client({ connectionString: app.database.url });
    await lock.connect();
    await lock.query('begin; select from public.sessions for update');
    const replies = Promise.all(
      Array.from({ length: 20 }, () => nobody.post<LoggedIn>('/auth/refresh', { refreshToken })),
    );
    await eventually(() => Promise.resolve(heard.mock.calls.length === 20));
    await lock.query('commit');
    await lock.end();
    heard.mockRestore();
    const [winner, ...losers] = (await replies).sort((one, other) => one.status - other.status);
    expect(losers.map(({ status }) => status)).toEqual(Array.from({ length: 19 }, () => 401));
    expect((await bearer(winner!.body.data.token).get('/auth/me')).status).toBe(200);
    const { refreshToken: next } = winner!.body.data;
    expect((await nobody.post('/auth/refresh', { refreshToken: next })).status).toBe(200);
  });

  it('goes on when another instance exchanges the token at the same moment', async () => {
    const { refreshToken } = (await login('ada@example.test')).body.data;
    const exchange = `select session_id as id from app.exchange_refresh_token($1, $2, sha256('next'))`;
    const sent = app.app.get(RefreshTokens).read(refreshToken);
    const values = [sent?.digest, sent?.familyDigest];
    const other = new pg.Client({ connectionString: app.database.url });
    await other.connect();
    await other.query('begin');
    const { rows: exchanged } = await other.query<{ id: string }>(exchange, values);
    const late = nobody.post('/auth/refresh', { refreshToken });
    await eventually(() => app.isBlocked());
    await other.query('commit');
    await other.end();
    expect((await late).status).toBe(401);
    expect(await app.sql('select revoked_at from sessions where id = $1', [exchanged[0]?.id])).toEqual([
      { revoked_at: null },
    ]);
  });

  it('lasts seven days after each exchange, and thirty in all', async () => {
    const { refreshToken } = (await login('ada@example.test')).body.data;
    const [session] = await app.sql<{ id: string; days: number }>(
      `select id, round(extract(epoch from expires_at - now()) / 86400)::int as days from sessions where refresh_hash = $1`,
      [sha256(refreshToken)],
    );
    expect(session?.days).toBe(7);
    const rest = async (age: string): Promise<number | undefined> => {
      const { token, digest } = app.app.get(RefreshTokens).create();
      await app.sql(`update sessions set refresh_hash = $2, created_at = now() - $3::interval where id = $1`, [
        session?.id,
        digest,
        age,
      ]);
      expect((await nobody.post('/auth/refresh', { refreshToken: token })).status).toBe(200);
      const [after] = await app.sql<{ days: number }>(
        `select round(extract(epoch from expires_at - now()) / 86400)::int as days from sessions where id = $1`,
        [session?.id],
      );
      return after?.days;
    };
    expect(await rest('10 days')).toBe(7);
    expect(await rest('26 days')).toBe(4);
  });

  it('ends with a logout, which also invalidates its access tokens', async () => {
    const { token, refreshToken } = (await login('ada@example.test')).body.data;
    expect((await bearer(token).get('/tasks')).status).toBe(200);
    expect((await nobody.post('/auth/logout', { refreshToken })).status).toBe(204);
    expect((await bearer(token).get('/tasks')).status).toBe(401);
    expect((await nobody.post('/auth/refresh', { refreshToken })).status).toBe(401);
    expect((await nobody.post('/auth/logout', { refreshToken })).status).toBe(204);
    expect((await nobody.post('/auth/logout', {})).status).toBe(400);
  });

  it('keeps no secret in the database', async () => {
    const { refreshToken } = (await login('ada@example.test')).body.data;
    const made = await as(ada).post<{ key: string }>('/api-keys', { name: 'secret' });
    const tables = ['users', 'sessions', 'api_keys', 'idempotency_keys', 'audit_logs'];
    const dumps = await Promise.all(
      tables.map((table) => app.sql<{ row: string }>(`select t::text as row from ${table} t`)),
    );
    const dump = dumps.flatMap((rows) => rows.map(({ row }) => row)).join('\n');
    for (const secret of [PASSWORD, refreshToken, made.body.data.key]) expect(dump).not.toContain(secret);
  });
});

describe('an API key', () => {
  interface Key {
    id: string;
    key: string | null;
    name: string;
    prefix: string;
    scopes: string[] | null;
    expiresAt: string | null;
    rotatedFrom: string | null;
  }
  const keyed = (key: string | null): Client => nobody.with({ 'x-api-key': key ?? '' });
  const make = async (body: object = {}, user = ada): Promise<Key> => {
    const made = await as(user).post<Key>('/api-keys', { name: 'a key', ...body });
    expect(made.status).toBe(201);
    return made.body.data;
  };

  it('is shown once and works at once', async () => {
    const key = await make({ name: 'ci' });
    expect(key).toMatchObject({ name: 'ci', scopes: null, expiresAt: null, revokedAt: null, rotatedFrom: null });
    expect(key.key).toMatch(/^tmk_[A-Za-z0-9_-]{43}$/);
    expect(key.prefix).toBe(key.key?.slice(0, 12));
    expect((await keyed(key.key).get<Me>('/auth/me')).body.data.id).toBe(ada.id);
    const { key: _key, ...listed } = key;
    const list = await as(ada).get<Key[]>(`/api-keys?id=${key.id}`);
    expect(list.body.data).toEqual([listed]);
  });

  it('narrows what its owner may do and never widens it', async () => {
    const reader = await make({ scopes: ['tasks:read'] });
    expect((await keyed(reader.key).get('/tasks')).status).toBe(200);
    expect((await keyed(reader.key).post('/tasks', { title: 'x' })).status).toBe(403);
    expect((await keyed(reader.key).get<Me>('/auth/me')).body.data.permissions).toEqual(['tasks:read']);
    const wider = await as(ada).post('/api-keys', {
      name: 'wide',
      scopes: ['tasks:read', 'errors:write', '*'],
      expiresAt: '2020-01-01T00:00:00Z',
    });
    expect(wider.status).toBe(422);
    expect(wider.body.errors?.map(({ path }) => path)).toEqual(['scopes[1]', 'scopes[2]', 'expiresAt']);
    for (const scopes of [[], ['x'], ['tasks:read', 'tasks:read'], 'tasks:read']) {
      expect((await as(ada).post('/api-keys', { name: 'bad', scopes })).status).toBe(400);
    }
    await make({ scopes: ['*'] }, root);
  });

  it('cannot manage credentials when narrowed by scopes', async () => {
    for (const [user, scopes] of [
      [ada, ['tasks:read', 'tasks:write']],
      [root, ['*']],
    ] as const) {
      const { key, id } = await make({ scopes }, user);
      const narrowed = keyed(key);
      const statuses = [
        await narrowed.post('/api-keys', { name: 'more' }),
        await narrowed.post(`/api-keys/${id}/rotate`),
        await narrowed.delete(`/api-keys/${id}`),
      ].map(({ status }) => status);
      expect(statuses).toEqual([403, 403, 403]);
      expect((await narrowed.get<Key[]>('/api-keys')).status).toBe(200);
    }
  });

  it('is rotated with an overlap', async () => {
    const expiresAt = new Date(Date.now() + 90 * 24 * 3_600_000).toISOString();
    const old = await make({ scopes: ['tasks:read'], expiresAt });
    const rotated = await as(ada).post<Key>(`/api-keys/${old.id}/rotate`, { overlapSeconds: 3600 });
    expect(rotated.status).toBe(201);
    expect(rotated.body.data).toMatchObject({ name: 'a key', scopes: ['tasks:read'], rotatedFrom: old.id });
    const [ends] = await app.sql<{ old: number; next: number }>(
      `select
         extract(epoch from (select expires_at from api_keys where id = $1) - now())::int as old,
         extract(epoch from (select expires_at from api_keys where id = $2) - now())::int / 86400.0 as next`,
      [old.id, rotated.body.data.id],
    );
    expect(ends?.old).toBeLessThanOrEqual(3600);
    expect(Math.round(ends?.next ?? 0)).toBe(90);
    for (const { key } of [old, rotated.body.data]) expect((await keyed(key).get('/tasks')).status).toBe(200);
    const atOnce = await as(ada).post<Key>(`/api-keys/${rotated.body.data.id}/rotate`, { overlapSeconds: 0 });
    expect((await keyed(rotated.body.data.key).get('/tasks')).status).toBe(401);
    expect((await keyed(atOnce.body.data.key).get('/tasks')).status).toBe(200);
    const ended = await as(ada).post(`/api-keys/${rotated.body.data.id}/rotate`);
    expect(ended.body.code).toBe('CONFLICT');
    expect((await as(ada).post(`/api-keys/${old.id}/rotate`, { overlapSeconds: 2_592_001 })).status).toBe(400);
    expect((await as(ada).post(`/api-keys/${old.id}/rotate`)).status).toBe(201);
  });

  it('is revoked with the next request', async () => {
    const { id, key } = await make();
    expect((await keyed(key).get('/tasks')).status).toBe(200);
    expect((await as(ada).delete(`/api-keys/${id}`)).status).toBe(204);
    expect((await keyed(key).get('/tasks')).status).toBe(401);
    expect((await as(ada).delete(`/api-keys/${id}`)).status).toBe(404);
    expect((await as(ada).get<Key[]>(`/api-keys?id=${id}`)).body.data).toEqual([]);
    expect((await as(ada).get<Key[]>(`/api-keys?id=${id}&revoked=only`)).body.data).toHaveLength(1);
  });

  it('is hidden from others, but an admin can revoke it', async () => {
    const eve = await app.user();
    const { id } = await make();
    expect((await as(eve).get<Key[]>(`/api-keys?id=${id}&revoked=true`)).body.data).toEqual([]);
    for (const user of [eve, root]) {
      expect((await as(user).post(`/api-keys/${id}/rotate`)).status).toBe(404);
    }
    expect((await as(eve).delete(`/api-keys/${id}`)).status).toBe(404);
    expect((await as(root).delete(`/api-keys/${id}`)).status).toBe(204);
  });

  it('is created once per Idempotency-Key, and a repeated response shows no key', async () => {
    const client = as(ada).with({ 'idempotency-key': 'make-a-key' });
    const first = await client.post<Key>('/api-keys', { name: 'once' });
    const second = await client.post<Key>('/api-keys', { name: 'once' });
    expect(second.status).toBe(201);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.body.data).toEqual({ ...first.body.data, key: null });
    const rehearsed = await as(ada).post<Key>('/api-keys?dryRun=true', { name: 'rehearsed' });
    expect([rehearsed.status, rehearsed.body.data.key]).toEqual([201, null]);
    expect((await as(ada).get<Key[]>('/api-keys?name=once,rehearsed')).body.data).toHaveLength(1);
  });
});

describe('users', () => {
  interface User {
    id: string;
    username: string;
    email: string;
    role: string;
    isActive: boolean;
    lastLoginAt: string | null;
    metadata: object;
    version: number;
  }

  it('are created by admins', async () => {
    const made = await as(root).post<User>('/users', {
      email: 'new@example.test',
      name: 'New',
      role: 'viewer',
      password: PASSWORD,
    });
    expect(made.status).toBe(201);
    expect(made.body.data).toMatchObject({ username: 'new', role: 'viewer', isActive: true, version: 1 });
    expect(JSON.stringify(made.body)).not.toContain('argon2');
    expect((await login('new@example.test')).body.data.user.teams).toHaveLength(1);
    const second = await as(root).post<User>('/users', { email: 'new@example.org', name: 'Other' });
    expect(second.body.data).toMatchObject({ username: 'new@example.org', role: 'developer' });
    expect((await as(ada).post('/users', { email: 'x@example.test', name: 'x' })).status).toBe(403);
    for (const [body, path] of [
      [{ email: 'NEW@example.test', name: 'x', username: 'x' }, 'email'],
      [{ email: 'y@example.test', name: 'x', username: 'new' }, 'username'],
    ] as const) {
      const taken = await as(root).post('/users', body);
      expect(taken.body).toMatchObject({ code: 'ALREADY_EXISTS', errors: [{ path }] });
    }
    const role = await as(root).post('/users', { email: 'z@example.test', name: 'z', role: 'king' });
    expect(role.body).toMatchObject({ status: 422, errors: [{ path: 'role' }] });
    const wrong = await as(root).post('/users', { email: 'z', name: '', password: 'short', isActive: true });
    expect(new Set(wrong.body.errors?.map(({ path }) => path))).toEqual(
      new Set(['email', 'name', 'password', 'isActive']),
    );
  });

  it('see themselves and their team mates', async () => {
    const [one, mate, stranger] = [await app.user(), await app.user(), await app.user()];
    await app.team(one, mate);
    await app.sql(`update users set metadata = '{"private": true}', last_login_at = now() where id = $1`, [mate.id]);
    const seen = await as(one).get<User[]>('/users?sort=createdAt');
    expect(seen.body.data.map(({ id }) => id)).toEqual([one.id, mate.id]);
    expect(seen.body.pagination).toMatchObject({ total: 2 });
    expect((await as(one).get<User>(`/users/${mate.id}`)).body.data).toMatchObject({ metadata: {}, lastLoginAt: null });
    expect((await as(mate).get<User>(`/users/${mate.id}`)).body.data.metadata).toEqual({ private: true });
    expect((await as(one).get(`/users/${stranger.id}`)).status).toBe(404);
    expect((await as(root).get<User>(`/users/${mate.id}?fields=metadata`)).body.data).toEqual({
      metadata: { private: true },
    });
    const page = await as(root).get<User[]>('/users?limit=1&cursor=&role=admin&fields=username');
    expect(page.body.data).toEqual([{ username: 'root' }]);
  });

  it('change their name and metadata; admins everything', async () => {
    const [user, mate] = [await app.user(), await app.user()];
    await app.team(user, mate);
    const renamed = await as(user).with({ 'if-match': '"1"' }).patch<User>(`/users/${user.id}`, { name: 'Renamed' });
    expect(renamed.body.data).toMatchObject({ name: 'Renamed', version: 2 });
    expect((await as(user).with({ 'if-match': '"1"' }).patch(`/users/${user.id}`, { name: 'x' })).status).toBe(412);
    expect((await as(user).patch(`/users/${user.id}`, { role: 'admin' })).status).toBe(403);
    expect((await as(user).patch(`/users/${mate.id}`, { name: 'x' })).status).toBe(403);
    expect((await as(user).patch(`/users/${root.id}`, { name: 'x' })).status).toBe(404);
    const narrowed = await app.user('developer', 'narrow', ['tasks:write']);
    expect((await as(narrowed).patch(`/users/${narrowed.id}`, { name: 'x' })).status).toBe(403);
    const promoted = await as(root).patch<User>(`/users/${user.id}`, { role: 'viewer', username: 'renamed' });
    expect(promoted.body.data).toMatchObject({ role: 'viewer', username: 'renamed' });
    const self = await as(root).patch(`/users/${root.id}`, { role: 'viewer', isActive: false });
    expect(self.body.errors?.map(({ path }) => path)).toEqual(['isActive', 'role']);
    expect((await as(root).patch<User>(`/users/${root.id}`, { role: 'admin', name: 'Root' })).status).toBe(200);
  });

  it('are refused once an admin has deactivated them', async () => {
    const user = await app.user();
    expect((await as(user).get('/tasks')).status).toBe(200);
    expect((await as(root).patch<User>(`/users/${user.id}`, { isActive: false })).body.data.isActive).toBe(false);
    expect((await as(user).get('/tasks')).status).toBe(401);
    await as(root).patch(`/users/${user.id}`, { isActive: true });
    expect((await as(user).get('/tasks')).status).toBe(200);
  });

  it('lose their login sessions when an admin sets their password', async () => {
    const user = await withPassword('resetme');
    const { token } = (await login('resetme@example.test')).body.data;
    expect((await as(root).patch(`/users/${user.id}`, { password: 'another password' })).status).toBe(200);
    expect((await bearer(token).get('/auth/me')).status).toBe(401);
    expect((await login('resetme@example.test')).status).toBe(401);
    expect((await login('resetme@example.test', 'another password')).status).toBe(200);
  });
});

describe('roles', () => {
  it('are visible to every signed-in user', async () => {
    const list = await as(ada).get<{ id: string; name: string; permissions: string[] }[]>('/roles');
    expect(list.body.data.map(({ name }) => name)).toEqual([
      ...['admin', 'api_client', 'developer', 'reporter', 'viewer'],
    ]);
    const [admin] = list.body.data;
    expect(admin?.permissions).toEqual(['*']);
    expect((await as(ada).get(`/roles/${admin?.id}`)).body.data).toEqual(admin);
    expect((await as(ada).get(`/roles/${ada.id}`)).status).toBe(404);
    expect((await nobody.get('/roles')).status).toBe(401);
  });
});

describe('the first run', () => {
  it('creates one admin, who can sign in with password and API key', async () => {
    const fresh = await startTestApp();
    try {
      const database = fresh.app.get(Database);
      const made = await Promise.all([createFirstAdmin(database), createFirstAdmin(database)]);
      const admins = made.filter((one) => one !== null);
      expect(admins).toHaveLength(1);
      const { adminEmail, adminPassword, apiKey } = admins[0]!;
      expect(adminPassword).toMatch(/^[A-Za-z0-9_-]{24}$/);
      const client = new Client(fresh.url);
      const signedIn = await client.post<LoggedIn>('/auth/login', { email: adminEmail, password: adminPassword });
      expect(signedIn.body.data.user.role).toBe('admin');
      expect((await client.with({ 'x-api-key': apiKey }).get<Me>('/auth/me')).body.data.permissions).toEqual(['*']);
      expect(await createFirstAdmin(database)).toBeNull();
    } finally {
      await fresh.close();
    }
  });
});
