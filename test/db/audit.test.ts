import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { sessionSql } from './matrix/session-sql.js';
import { makeWorld } from './matrix/world.js';
import type { World } from './matrix/world.js';

interface Entry {
  readonly table_name: string;
  readonly record_id: string | null;
  readonly record_key: Record<string, unknown> | null;
  readonly operation: string;
  readonly old_values: Record<string, unknown> | null;
  readonly new_values: Record<string, unknown> | null;
  readonly team_id: string | null;
  readonly user_id: string | null;
  readonly actor: string;
  readonly reason: string | null;
  readonly session_id: string | null;
  readonly request_id: string | null;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
}

describe('the audit trail', () => {
  let database: TestDatabase;
  let superuser: pg.Client;
  let world: World;

  beforeAll(async () => {
    database = await createTestDatabase();
    superuser = new pg.Client({ connectionString: database.url });
    await superuser.connect();
    world = await makeWorld(superuser);
  });

  afterAll(async () => {
    await superuser.end();
    await database.drop();
  });

  /** The audit entries of the statements; rolls them back afterwards. */
  async function trail(statements: string, prepare = ''): Promise<Entry[]> {
    await superuser.query('begin');
    try {
      await superuser.query(prepare);
      await superuser.query(`create temporary table seen on commit drop as select id from public.audit_logs`);
      await superuser.query(statements);
      await superuser.query('reset role');
      const { rows } = await superuser.query<Entry>(
        `select * from public.audit_logs where id not in (select id from seen) order by occurred_at, id`,
      );
      return rows;
    } finally {
      await superuser.query('rollback');
    }
  }

  const as = (
    who: keyof World['credentials'],
    request = '{"id":"req_1","ip":"10.1.2.3","userAgent":"test"}',
  ): string => {
    return `set local role tm_app_rw; ${sessionSql(world.credentials[who], { request })}`;
  };

  it('records who, when, what and from where', async () => {
    const { developer } = world.of;
    const entries = await trail(
      `${as('developer')} update public.tasks set title = 'after', priority = 5 where id = '${developer.leaf}'`,
    );
    expect(entries).toEqual([
      expect.objectContaining({
        table_name: 'tasks',
        record_id: developer.leaf,
        record_key: null,
        operation: 'UPDATE',
        old_values: { title: 'leaf', priority: 0 },
        new_values: expect.objectContaining({ id: developer.leaf, title: 'after', priority: 5, version: 2 }),
        team_id: developer.home,
        user_id: developer.user,
        actor: 'tm_app_rw',
        reason: null,
        session_id: world.credentials.developer.credential,
        request_id: 'req_1',
        ip_address: '10.1.2.3',
        user_agent: 'test',
      }),
    ]);
    expect(entries[0]?.new_values).not.toHaveProperty('search');
  });

  const brief = (entries: readonly Entry[]): string[] =>
    entries.map(({ table_name, operation }) => `${operation} ${table_name}`).sort();

  it('has one entry for each row of a statement that writes many', async () => {
    const entries = await trail(
      `insert into public.tasks (team_id, title) select '${world.of.mate.home}', 'bulk' from generate_series(1, 1000)`,
    );
    expect(entries).toHaveLength(1_000);
    expect(new Set(entries.map(({ record_id }) => record_id)).size).toBe(1_000);
  });

  it('has separate entries for the rows that an upsert inserted and updated', async () => {
    const { home, listProject } = world.of.developer;
    const entries = await trail(
      `insert into public.task_lists (team_id, project_key, list, position)
       values ('${home}', '${listProject}', 'master', 7), ('${home}', '${listProject}', 'fresh', 8)
       on conflict (team_id, project_key, list) do update set position = excluded.position`,
    );
    expect(
      entries.map(({ operation, record_key, old_values }) => ({ operation, list: record_key?.['list'], old_values })),
    ).toEqual(
      expect.arrayContaining([
        { operation: 'UPDATE', list: 'master', old_values: { position: 0 } },
        { operation: 'INSERT', list: 'fresh', old_values: null },
      ]),
    );
    expect(entries).toHaveLength(2);
  });

  it('has an entry for each row that a foreign key cascade deleted or changed', async () => {
    const { developer } = world.of;
    const deleted = await trail(`delete from public.tasks where id = '${developer.trunk}'`);
    const hanging = ['task_contexts', 'task_dependencies', 'tasks', 'validation_results', 'workflow_states'];
    expect(brief(deleted).filter((entry) => hanging.some((name) => entry.endsWith(` ${name}`)))).toEqual(
      hanging.map((name) => `DELETE ${name}`),
    );
    expect(deleted.find(({ table_name }) => table_name === 'tasks')?.old_values).toMatchObject({ title: 'trunk' });

    const unassigned = await trail(
      `${as('admin')} delete from public.team_members where team_id = '${developer.home}' and user_id = '${developer.user}'`,
      `update public.tasks set assignee_id = '${developer.user}' where id in ('${developer.leaf}', '${developer.trunk}')`,
    );
    expect(brief(unassigned)).toEqual(['DELETE team_members', 'UPDATE tasks', 'UPDATE tasks']);
    expect(unassigned.every(({ user_id }) => user_id === world.of.admin.user)).toBe(true);
  });

  // Seen to fail: with the images joined by key, each row was compared with the other row's past.
  it('pairs a record with its own past when keys are swapped', async () => {
    const { home } = world.of.mate;
    const keys = ['00000000-0000-7000-8000-00000000000a', '00000000-0000-7000-8000-00000000000b'];
    const entries = await trail(
      `update public.tasks set id = ('00000000-0000-7000-8000-00000000000' || case title when 'x' then 'b' else 'a' end)::uuid
       where id in ('${keys.join("', '")}')`,
      `alter table public.tasks drop constraint tasks_pkey cascade, drop constraint tasks_team_id_id_key cascade;
       insert into public.tasks (id, team_id, title) values ('${keys[0]!}', '${home}', 'x'), ('${keys[1]!}', '${home}', 'y')`,
    );
    expect(
      entries.map(({ old_values, new_values }) => [new_values?.['title'], old_values, new_values?.['id']]).sort(),
    ).toEqual([
      ['x', { id: keys[0] }, keys[1]],
      ['y', { id: keys[1] }, keys[0]],
    ]);
  });

  it('has no entry for a write that changed nothing, or only bookkeeping columns', async () => {
    const { developer } = world.of;
    expect(
      await trail(
        `update public.tasks set title = title where id = '${developer.leaf}';
         update public.tasks set updated_at = now(), next_child = next_child + 1 where id = '${developer.leaf}';
         update public.users set login_attempts = 3, last_login_at = now() where id = '${developer.user}';
         update public.api_keys set last_used_at = now();
         update public.error_logs set occurrence_count = occurrence_count + 1, last_occurred_at = now();
         delete from public.tasks where false`,
      ),
    ).toEqual([]);
  });

  it('orders the changes of a record by time, also within a transaction', async () => {
    const { leaf } = world.of.developer;
    const steps = Array.from(
      { length: 20 },
      (_, n) => `update public.tasks set title = 'step ${n}' where id = '${leaf}'`,
    );
    const entries = await trail(steps.join(';'));
    expect(entries.map(({ new_values }) => new_values?.['title'])).toEqual(steps.map((_, n) => `step ${n}`));
  });

  // Seen to fail: with now() instead of clock_timestamp(), the later change was dated before the earlier one.
  it('orders the changes of a record by time, even if the transactions began in the opposite order', async () => {
    const { trunk } = world.of.mate;
    const slow = new pg.Client({ connectionString: database.url });
    await slow.connect();
    await slow.query('begin');
    await slow.query('select now()');
    await superuser.query(`update public.tasks set title = 'quick' where id = '${trunk}'`);
    await slow.query(`update public.tasks set title = 'slow' where id = '${trunk}'; commit`);
    await slow.end();
    const { rows } = await superuser.query<{ title: string }>(
      `select new_values ->> 'title' as title from public.audit_logs where record_id = '${trunk}' order by occurred_at, id`,
    );
    expect(rows.map(({ title }) => title).slice(-3)).toEqual(['trunk', 'quick', 'slow']);
  });

  // Seen to fail: with the hashes missing from the lists of app.audit_table, they appeared here and rule R25 named
  // them.
  it('never contains a secret, but shows that it changed', async () => {
    const { developer } = world.of;
    const canary = 'canary-3f9c';
    const hash = (name: string): string => `sha256('${name}')`;
    const entries = await trail(
      `update public.users set password_hash = '${canary}' where id = '${developer.user}';
       update public.users set password_hash = '${canary}-2' where id = '${developer.user}';
       update public.users set password_hash = null where id = '${developer.user}';
       select app.start_session('${developer.user}', ${hash('a')}, '1 day', null, null, '${canary}-3');
       select app.exchange_refresh_token(${hash('a')}, ${hash('family')}, ${hash('b')});
       update public.api_keys set key_hash = ${hash('c')} where id = '${developer.apiKey}';
       delete from public.sessions;
       delete from public.api_keys where id = '${developer.apiKey}'`,
      `update public.users set password_hash = '${canary}-0' where id = '${developer.user}'`,
    );
    const { rows } = await superuser.query<{ hex: string }>(
      `select encode(${hash('a')}, 'hex') as hex union select encode(${hash('b')}, 'hex') union select encode(${hash('c')}, 'hex')
       union select encode(${hash('family')}, 'hex')
       union select encode(${hash(developer.apiKey)}, 'hex') union select encode(${hash(developer.session)}, 'hex')`,
    );
    const dump = JSON.stringify(entries);
    for (const secret of [canary, ...rows.map(({ hex }) => hex)]) expect(dump).not.toContain(secret);
    const changed = entries.filter(({ operation }) => operation === 'UPDATE');
    expect(changed.map(({ old_values }) => old_values)).toEqual([
      { password_hash: '[secret]' },
      { password_hash: '[secret]' },
      { password_hash: '[secret]' },
      { password_hash: null },
      { refresh_hash: '[secret]', family_hash: null, previous_refresh_hash: null, expires_at: expect.any(String) },
      { key_hash: '[secret]' },
    ]);
    expect(changed.map(({ new_values }) => new_values?.['password_hash']).slice(0, 4)).toEqual([
      '[secret]',
      '[secret]',
      null,
      '[secret]',
    ]);
  });

  it('does not refuse a write with malformed request details', async () => {
    const { leaf } = world.of.developer;
    for (const request of [
      '{"id":"req_2","ip":"unknown","userAgent":null}',
      `{"id":"${'x'.repeat(200)}","ip":"::1","userAgent":"${'y'.repeat(5_000)}"}`,
      '{}',
    ]) {
      const [entry] = await trail(
        `${as('developer', request)} update public.tasks set title = 'odd' where id = '${leaf}'`,
      );
      expect(entry?.new_values).toMatchObject({ title: 'odd' });
    }
  });

  it('records the reason of background work', async () => {
    const [entry] = await trail(
      `select set_config('app.system_reason', 'upkeep', true); set local role tm_background;
       delete from public.sessions where id = '${world.of.developer.session}'`,
    );
    expect(entry).toMatchObject({ actor: 'tm_background', reason: 'upkeep', user_id: null, operation: 'DELETE' });
  });

  it('refuses TRUNCATE, which would leave no trail', async () => {
    await expect(trail('set local role tm_owner; truncate public.task_contexts')).rejects.toMatchObject({
      code: '0A000',
    });
    await expect(trail('truncate public.tasks cascade')).rejects.toMatchObject({ code: '0A000' });
  });
});
