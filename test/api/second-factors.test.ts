import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';
import { PASSWORD, userWithPassword } from './password-user.js';

const STEP_MS = 30_000;

let app: TestApp;
let root: TestUser;
let nobody: Client;
const as = (user: TestUser): Client => new Client(app.url, user);

const codeOf = (secret: string, later = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + later * STEP_MS });

const login = (name: string, code?: string, password = PASSWORD): Promise<Reply<{ token: string }>> =>
  nobody.post('/auth/login', { email: `${name}@example.test`, password, ...(code === undefined ? {} : { code }) });

interface Owner {
  readonly user: TestUser;
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

/** A user whose second factor is confirmed with the code of the step before this one, so that this one's is unused. */
async function withFactor(name: string): Promise<Owner> {
  const user = await userWithPassword(app, name);
  const started = await as(user).post<{ secret: string }>('/auth/second-factor', { currentPassword: PASSWORD });
  const { secret } = started.body.data;
  const confirmed = await as(user).post<{ recoveryCodes: string[] }>('/auth/second-factor/confirm', {
    code: codeOf(secret, -1),
  });
  expect([started.status, confirmed.status]).toEqual([200, 200]);
  return { user, secret, recoveryCodes: confirmed.body.data.recoveryCodes };
}

beforeAll(async () => {
  app = await startTestApp();
  nobody = new Client(app.url);
  root = await app.user('admin', 'root');
});

afterAll(() => app.close());

/*
 * Seen to fail: without the step in app.use_second_factor (a code worked twice), without the count of wrong codes (never
 * locked), and when an unconfirmed secret counted (nobody could log in any more).
 */
describe('a login with a second factor', () => {
  it('needs a code that was not used before', async () => {
    const { secret, user } = await withFactor('ada');
    const without = await login('ada');
    expect([without.status, without.body.code]).toEqual([401, 'SECOND_FACTOR_REQUIRED']);
    expect((await login('ada', codeOf(secret, -1))).status).toBe(401);
    const code = codeOf(secret);
    const both = await Promise.all([login('ada', code), login('ada', code)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
    expect((await as(user).get<{ secondFactor: boolean }>('/auth/me')).body.data.secondFactor).toBe(true);
  });

  it('tells nobody without the password that there is one', async () => {
    await withFactor('bob');
    const [wrong, unknown] = [await login('bob', '123456', 'wrong'), await login('nobody', '123456', 'wrong')];
    expect([wrong.status, wrong.body.code]).toEqual([401, 'INVALID_CREDENTIALS']);
    expect([unknown.status, unknown.body.code, unknown.body.detail]).toEqual([401, wrong.body.code, wrong.body.detail]);
  });

  it('is locked by ten wrong codes', async () => {
    const { secret } = await withFactor('carol');
    for (let n = 0; n < 10; n += 1) expect((await login('carol', '000000x')).status).toBe(401);
    expect((await login('carol', codeOf(secret))).status).toBe(423);
  });

  it('stays locked when the mailbox resets the password', async () => {
    const { user } = await withFactor('laura');
    await app.sql(`update users set locked_until = now() + interval '15 minutes' where id = $1`, [user.id]);
    await app.sql(
      `insert into mail_tokens (user_id, purpose, token_hash, email, expires_at)
       values ($1, 'reset_password', sha256('tmm_laura'), 'laura@example.test', now() + interval '1 hour')`,
      [user.id],
    );
    const newPassword = 'a longer walk beside the river';
    expect((await nobody.post('/auth/password/reset', { token: 'tmm_laura', newPassword })).status).toBe(204);
    expect((await login('laura', '123456', newPassword)).status).toBe(423);
  });

  it('accepts each recovery code once, however it is typed', async () => {
    const { recoveryCodes } = await withFactor('dave');
    expect(recoveryCodes).toHaveLength(10);
    expect(recoveryCodes[0]).toMatch(/^([a-z2-7]{4}-){3}[a-z2-7]{4}$/);
    const typed = recoveryCodes[0]!.toUpperCase().replaceAll('-', ' ');
    expect((await login('dave', typed)).status).toBe(200);
    expect((await login('dave', recoveryCodes[0])).status).toBe(401);
    expect((await login('dave', recoveryCodes[1])).status).toBe(200);
  });

  it('asks a browser for the code on the page', async () => {
    const { secret } = await withFactor('erin');
    const send = (form: Record<string, string>): Promise<Response> =>
      fetch(`${app.url}/sign-in`, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
    const form = { email: 'erin@example.test', password: PASSWORD };
    const page = await send(form);
    expect(page.status).toBe(401);
    expect(await page.text()).toContain('autocomplete="one-time-code"');
    expect((await send({ ...form, code: codeOf(secret) })).status).toBe(303);
  });
});

describe('a second factor', () => {
  it('is not asked for before it is confirmed', async () => {
    const user = await userWithPassword(app, 'frank');
    const start = (currentPassword: string): Promise<Reply<{ secret: string; uri: string }>> =>
      as(user).post('/auth/second-factor', { currentPassword });
    expect((await start('wrong')).status).toBe(422);
    const { body } = await start(PASSWORD);
    expect(body.data.uri).toBe(
      `otpauth://totp/TaskMaster:frank%40example.test?issuer=TaskMaster&secret=${body.data.secret}&algorithm=SHA1&digits=6&period=30`,
    );
    expect((await login('frank')).status).toBe(200);
    expect((await as(user).post('/auth/second-factor/confirm', { code: '000000x' })).status).toBe(422);
    const next = await start(PASSWORD);
    const confirm = (secret: string): Promise<Reply> =>
      as(user).post('/auth/second-factor/confirm', { code: codeOf(secret) });
    expect((await confirm(body.data.secret)).status).toBe(422);
    expect((await confirm(next.body.data.secret)).status).toBe(200);
    expect((await confirm(next.body.data.secret)).status).toBe(409);
    expect((await start(PASSWORD)).status).toBe(409);
  });

  it('is removed with a code', async () => {
    const { user, secret } = await withFactor('grace');
    expect((await as(user).post('/auth/second-factor/remove', { code: '000000x' })).status).toBe(422);
    expect((await as(user).post('/auth/second-factor/remove', { code: codeOf(secret) })).status).toBe(204);
    expect((await login('grace')).status).toBe(200);
    expect((await as(user).post('/auth/second-factor/remove', { code: codeOf(secret) })).status).toBe(409);
  });

  it('gets new recovery codes, which replace the earlier ones', async () => {
    const { user, secret, recoveryCodes } = await withFactor('heidi');
    const { status, body } = await as(user).post<{ recoveryCodes: string[] }>('/auth/second-factor/recovery-codes', {
      code: codeOf(secret),
    });
    expect(status).toBe(200);
    expect((await login('heidi', recoveryCodes[0])).status).toBe(401);
    expect((await login('heidi', body.data.recoveryCodes[0])).status).toBe(200);
  });

  it('is removed by an administrator for somebody who has lost it', async () => {
    const { user } = await withFactor('ivan');
    expect((await as(user).delete(`/users/${user.id}/second-factor`)).status).toBe(403);
    expect((await as(root).delete(`/users/${user.id}/second-factor`)).status).toBe(204);
    expect((await as(root).delete(`/users/${user.id}/second-factor`)).status).toBe(404);
    expect((await login('ivan')).status).toBe(200);
  });

  it('is not changed with a credential that has scopes', async () => {
    const judy = await app.user('developer', 'judy', ['*']);
    const answers = [
      await as(judy).post('/auth/second-factor', { currentPassword: PASSWORD }),
      await as(judy).post('/auth/second-factor/confirm', { code: '123456' }),
      await as(judy).post('/auth/second-factor/remove', { code: '123456' }),
      await as(judy).post('/auth/second-factor/recovery-codes', { code: '123456' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
  });

  it('is stored sealed, and its codes as hashes', async () => {
    const { user, secret, recoveryCodes } = await withFactor('kim');
    const [row] = await app.sql<{ text: string }>(
      `select encode(f.sealed_secret, 'escape') || (select string_agg(encode(c.code_hash, 'escape'), '') from recovery_codes c where c.user_id = f.user_id) as text
       from second_factors f where f.user_id = $1`,
      [user.id],
    );
    expect(row?.text).not.toContain(secret);
    expect(row?.text).not.toContain(recoveryCodes[0]);
    const trail = await app.sql<{ secret: string | null }>(
      `select coalesce(new_values ->> 'sealed_secret', new_values ->> 'code_hash') as secret
       from audit_logs where table_name in ('second_factors', 'recovery_codes') and operation = 'INSERT'`,
    );
    expect(new Set(trail.map((entry) => entry.secret))).toEqual(new Set(['[secret]']));
  });
});
