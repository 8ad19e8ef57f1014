import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { columnsWith } from '../support/database-scan.js';
import { PASSWORD, userWithPassword } from './password-user.js';

/** Waits until something holds; false when it does not within ten seconds. */
async function eventually(holds: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return true;
}

/*
 * Seen to fail: without the question for other owners, with a login that counts as fresh for hours, without the lock of erasures,
 * without the bounds of words, and with an address that is looked for everywhere although it was not verified.
 */
describe('erasing an account', () => {
  let app: TestApp;
  let admin: TestUser;

  beforeAll(async () => {
    app = await startTestApp();
    admin = await app.user('admin', 'admin');
  });
  afterAll(() => app.close());

  const of = (user: TestUser): Client => new Client(app.url, user);
  const exists = async (user: TestUser): Promise<boolean> =>
    (await app.sql('select from public.users where id = $1', [user.id])).length === 1;

  it('needs the password of the person', async () => {
    const ada = await userWithPassword(app, 'ada');
    const without = await of(ada).call('DELETE', '/me');
    expect([without.status, without.body.errors]).toEqual([
      422,
      [expect.objectContaining({ path: 'password', code: 'PASSWORD_REQUIRED' })],
    ]);
    const wrong = await of(ada).call('DELETE', '/me', { password: 'not the password' });
    expect([wrong.status, wrong.body.errors]).toEqual([
      422,
      [expect.objectContaining({ path: 'password', code: 'WRONG_PASSWORD' })],
    ]);
    expect(await exists(ada)).toBe(true);
    expect((await of(ada).call('DELETE', '/me', { password: PASSWORD })).status).toBe(204);
    expect(await exists(ada)).toBe(false);
    expect((await of(ada).get('/auth/me')).status).toBe(401);
  });

  it('needs none just after a login, and again five minutes later', async () => {
    const bert = await userWithPassword(app, 'bert');
    const { body } = await new Client(app.url).post<{ token: string }>('/auth/login', {
      ...{ email: 'bert@example.test', password: PASSWORD },
    });
    const client = new Client(app.url).with({ authorization: `Bearer ${body.data.token}` });
    await app.sql(`update public.sessions set created_at = now() - interval '301 seconds' where user_id = $1`, [
      bert.id,
    ]);
    expect((await client.call('DELETE', '/me')).body.errors?.[0]?.code).toBe('PASSWORD_REQUIRED');
    await app.sql(`update public.sessions set created_at = now() where user_id = $1`, [bert.id]);
    expect((await client.call('DELETE', '/me')).status).toBe(204);
    expect(await exists(bert)).toBe(false);
  });

  it('is refused to a credential with scopes', async () => {
    const narrow = await app.user('developer', 'narrow', ['tasks:read', 'tasks:write']);
    expect((await of(narrow).call('DELETE', '/me')).status).toBe(403);
    const key = await app.user('admin', 'narrow-admin', ['*']);
    expect((await of(key).call('DELETE', `/users/${narrow.id}`)).status).toBe(403);
    expect(await exists(narrow)).toBe(true);
  });

  it('is refused to the last owner of teams with other members, naming all of them', async () => {
    const [carl, dora] = [await app.user('developer', 'carl'), await app.user('developer', 'dora')];
    const teams = [await app.team(carl, dora), await app.team(carl, dora)];
    const alone = await app.team(carl);
    const { status, body } = await of(carl).call('DELETE', '/me');
    expect([status, body.errors?.map(({ code }) => code)]).toEqual([422, ['LAST_OWNER', 'LAST_OWNER']]);
    for (const id of teams) expect(body.detail).toContain(id);
    expect((await of(admin).call('DELETE', `/users/${carl.id}`)).status).toBe(422);

    await app.sql(`update public.team_members set role = 'owner' where user_id = $1`, [dora.id]);
    expect((await of(carl).call('DELETE', '/me')).status).toBe(204);
    const left = await app.sql<{ id: string; owner_id: string }>(
      'select id, owner_id from public.teams where id = any($1)',
      [[...teams, alone]],
    );
    expect(left.map(({ id, owner_id }) => [id, owner_id]).sort()).toEqual(teams.map((id) => [id, dora.id]).sort());
  });

  it('is done for anybody by an administrator, and recorded', async () => {
    const emil = await app.user('developer', 'emil');
    expect((await of(await app.user('developer')).call('DELETE', `/users/${emil.id}`)).status).toBe(403);
    expect((await of(admin).call('DELETE', `/users/${emil.id}?dryRun=true`)).status).toBe(204);
    expect(await exists(emil)).toBe(true);
    expect((await of(admin).call('DELETE', `/users/${emil.id}`)).status).toBe(204);
    expect((await of(admin).call('DELETE', `/users/${emil.id}`)).status).toBe(404);
    const rows = await app.sql(
      `select user_id, old_values from public.audit_logs where table_name = 'users' and operation = 'DELETE' and record_id = $1`,
      [emil.id],
    );
    expect(rows).toEqual([{ user_id: admin.id, old_values: expect.not.objectContaining({ username: 'emil' }) }]);
  });

  it('is refused to the last administrator', async () => {
    await app.sql(
      `update public.users set is_active = false
       where id <> $1 and role_id = (select u.role_id from public.users u where u.id = $1)`,
      [admin.id],
    );
    const { status, body } = await of(admin).call('DELETE', '/me');
    expect([status, body.errors?.[0]?.code]).toEqual([422, 'LAST_ADMINISTRATOR']);
    const second = await app.user('admin', 'second');
    expect((await of(second).call('DELETE', '/me')).status).toBe(204);
  });

  it('leaves one administrator when two erase themselves at once', async () => {
    const other = await app.user('admin', 'other');
    // Held until the first one waits, so that the second one starts before the first one is done.
    const holder = new pg.Client({ connectionString: app.database.url });
    await holder.connect();
    await holder.query(`select pg_advisory_lock(hashtext('taskmaster erasure'), 0)`);
    const both = Promise.all([admin, other].map((one) => of(one).call('DELETE', '/me')));
    const isHeld = await eventually(() => app.isBlocked());
    await holder.end();
    const replies = await both;
    expect([isHeld, ...replies.map(({ status }) => status).sort()]).toEqual([true, 204, 422]);
    [admin] = [admin, other].filter((_, i) => replies[i]?.status === 422) as [TestUser];
  });

  it('takes only whole words out of texts, and those of others only where an address was verified', async () => {
    const [frida, gina] = [await app.user('developer', 'frida'), await app.user('developer', 'gina')];
    const [shared, foreign] = [await app.team(gina, frida), await app.team(gina)];
    await of(frida).patch('/auth/me', { name: 'Frida Kahlo' });
    const titles = {
      [`frida@example.test or alfrida@example.test`]: shared,
      [`Frida Kahlo painted`]: shared,
      [`mail frida@example.test`]: foreign,
    };
    for (const [title, teamId] of Object.entries(titles)) {
      expect((await of(gina).post('/tasks', { title, teamId })).status).toBe(201);
    }
    expect((await of(frida).post('/tasks', { title: 'Frida Kahlo, Fridas', teamId: shared })).status).toBe(201);
    expect((await of(frida).call('DELETE', '/me')).status).toBe(204);
    const rows = await app.sql<{ title: string }>(
      'select title from public.tasks where team_id = any($1) order by id',
      [[shared, foreign]],
    );
    expect(rows.map(({ title }) => title)).toEqual([
      'deleted-user or alfrida@example.test',
      'Frida Kahlo painted',
      'mail frida@example.test',
      'deleted-user, Fridas',
    ]);
    expect(await columnsWith(app, 'Frida Kahlo')).toEqual(
      expect.not.arrayContaining(['public.users.name', 'public.teams.name']),
    );
  });
});
