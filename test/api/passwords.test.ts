import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';
import { PASSWORD, userWithPassword } from './password-user.js';

let app: TestApp;
let ada: TestUser;
let root: TestUser;
let nobody: Client;
const as = (user: TestUser): Client => new Client(app.url, user);
const bearer = (token: string): Client => nobody.with({ authorization: `Bearer ${token}` });

const withPassword = (name: string): Promise<TestUser> => userWithPassword(app, name);

const login = (email: string, password = PASSWORD): Promise<Reply<{ token: string }>> =>
  nobody.post<{ token: string }>('/auth/login', { email, password });

beforeAll(async () => {
  app = await startTestApp();
  nobody = new Client(app.url);
  ada = await withPassword('ada');
  root = await app.user('admin', 'root');
});

afterAll(() => app.close());

describe('a password', () => {
  const change = (client: Client, currentPassword: string, newPassword: string): Promise<Reply> =>
    client.post('/auth/password', { currentPassword, newPassword });

  it('is changed by its owner, which ends the other sessions', async () => {
    await withPassword('carol');
    const [here, there] = [await login('carol@example.test'), await login('carol@example.test')];
    const next = 'a longer walk beside the river';
    expect((await change(bearer(here.body.data.token), PASSWORD, next)).status).toBe(204);
    expect((await bearer(here.body.data.token).get('/auth/me')).status).toBe(200);
    expect((await bearer(there.body.data.token).get('/auth/me')).status).toBe(401);
    expect((await login('carol@example.test')).status).toBe(401);
    expect((await login('carol@example.test', next)).status).toBe(200);
  });

  it('is changed only by who knows the present one, and guesses lock the account', async () => {
    const dan = await withPassword('dan');
    const next = 'a longer walk beside the river';
    const wrong = await change(as(dan), 'wrong', next);
    expect([wrong.status, wrong.body.code]).toEqual([422, 'RULE_VIOLATED']);
    expect(wrong.body.errors).toEqual([
      { path: 'currentPassword', message: 'This is not your password.', code: 'WRONG_PASSWORD' },
    ]);
    for (let n = 0; n < 9; n += 1) await change(as(dan), 'wrong', next);
    expect((await change(as(dan), PASSWORD, next)).status).toBe(423);
    expect((await change(as(await app.user()), 'none', next)).status).toBe(422);
    expect((await change(nobody, PASSWORD, next)).status).toBe(401);
  });

  it('is not changed with a credential that has scopes', async () => {
    const eve = await app.user('developer', 'eve', ['*']);
    expect((await change(as(eve), PASSWORD, 'a longer walk beside the river')).status).toBe(403);
  });

  it.each([
    ['password12345', /commonly used/],
    ['qwertyuiop12', /commonly used/],
    ['aaaaaaaaaaaaaaaaaaaa', /Repeated characters/],
    ['frank@example.test', /personal/],
  ])('that is easy to guess is refused with advice: %s', async (weak, advice) => {
    const [frank] = await app.sql<{ id: string }>(`select id from users where username = 'frank'`);
    const user = frank ? { ...ada, ...frank } : await withPassword('frank');
    const made = await as(root).post('/users', { email: 'frank@example.test', name: 'Frank', password: weak });
    const changed = await as(root).patch(`/users/${user.id}`, { email: 'frank@example.test', password: weak });
    for (const refused of [made, changed]) {
      expect([refused.status, refused.body.code]).toEqual([422, 'RULE_VIOLATED']);
      expect(refused.body.errors).toEqual([
        { path: 'password', message: expect.stringMatching(advice), code: 'WEAK_PASSWORD' },
      ]);
    }
  });

  it('has at least ten characters', async () => {
    const short = await as(root).post('/users', { email: 'short@example.test', name: 'Short', password: 'Xk9$vQ2!z' });
    expect([short.status, short.body.errors?.[0]?.path]).toEqual([400, 'password']);
    expect((await change(as(ada), PASSWORD, 'Xk9$vQ2!z')).status).toBe(400);
  });
});

/* Seen to fail: without the replacement, the hash stayed. */
describe('a password of another system', () => {
  it('logs in by its bcrypt hash, which the first login replaces', async () => {
    const bcrypt = await import('bcryptjs');
    const passwordHash = await bcrypt.hash('imported words of old', 12);
    const create = (more: object): Promise<Reply> =>
      as(root).post('/users', { email: 'imported@example.test', name: 'Imported', ...more });
    const wrong = ['$2b$10$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW', '$argon2id$v=19$m=1', 'plain'];
    for (const one of wrong) expect((await create({ passwordHash: one })).status).toBe(400);
    expect((await create({ passwordHash, password: 'imported words of old' })).status).toBe(400);
    expect((await create({ passwordHash })).status).toBe(201);
    expect((await login('imported@example.test', 'other words')).status).toBe(401);
    expect((await login('imported@example.test', 'imported words of old')).status).toBe(200);
    // A second login waits for the first one's slot, and with it for the replacement.
    expect((await login('imported@example.test', 'imported words of old')).status).toBe(200);
    const [row] = await app.sql<{ hash: string }>(
      `select password_hash as hash from users where email = 'imported@example.test'`,
    );
    expect(row?.hash).toMatch(/^\$argon2id\$/);
  });
});
