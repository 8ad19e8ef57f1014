import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
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

  /** What the statements leave in the trail; undone afterwards. */
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
    const { user, credential } = world.credentials[who];
    return `set local role tm_app_rw;
      select set_config('role', app.open_session('${user}', '${credential}', null, '${request}', 'tm_app_rw'), true);`;
  };

  it('says who, when, what and from where', async () => {
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
});
