import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { DatabaseLogin } from '../../src/platform/config/config.js';
import { EPOCH, MIGRATIONS_FOLDER, readMigrations } from '../../src/platform/database/migration-files.js';
import { migrate, pending, revert } from '../../src/platform/database/migrator.js';
import { createEmptyDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { eventually, loginOf } from './database-fixture.js';

/*
 * Seen to fail: without the advisory lock the concurrent start failed; without `app.migrator` every migration was
 * recorded twice; without its check, a file that does not record itself was accepted, and the service would repeat it
 * after psql.
 */
describe('The migrator', () => {
  let database: TestDatabase;
  let login: DatabaseLogin;
  let admin: pg.Client;
  let all: string[];

  beforeEach(async () => {
    database = await createEmptyDatabase();
    login = loginOf(database.url);
    admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    all = (await readMigrations(MIGRATIONS_FOLDER)).map((file) => file.name);
  });

  afterEach(async () => {
    await admin.end();
    await database.drop();
  });

  const entered = async (): Promise<string[]> => {
    const { rows } = await admin.query<{ name: string }>('select name from migrations order by id');
    return rows.map((row) => row.name);
  };
  /** Everything a migration can create: relations, functions, policies, triggers and types, by name and definition. */
  const schema = async (): Promise<unknown> => {
    const { rows } = await admin.query(
      `select 'relation' as kind, c.oid::regclass::text as name, c.relkind::text || c.relforcerowsecurity as detail
         from pg_class c where c.relnamespace in (select oid from pg_namespace where nspname in ('public', 'app'))
       union all
       select 'column', a.attrelid::regclass || '.' || a.attname, format_type(a.atttypid, a.atttypmod)
         from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relnamespace in (select oid from pg_namespace where nspname in ('public', 'app'))
          and c.relkind in ('r', 'p', 'v') and a.attnum > 0 and not a.attisdropped
       union all
       select 'function', p.oid::regprocedure::text, md5(pg_get_functiondef(p.oid))
         from pg_proc p where p.pronamespace in (select oid from pg_namespace where nspname in ('public', 'app'))
          and p.prokind = 'f' and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
       union all
       select 'constraint', conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid)
         from pg_constraint where connamespace in (select oid from pg_namespace where nspname in ('public', 'app'))
          and conrelid <> 0
       union all
       select 'policy', tablename || ' ' || policyname, md5(concat(cmd, roles, qual, with_check)) from pg_policies
       union all
       select 'trigger', tgrelid::regclass || ' ' || tgname, md5(pg_get_triggerdef(oid))
         from pg_trigger where not tgisinternal
       order by 1, 2, 3`,
    );
    return rows;
  };

  it('runs and reports missing migrations, once', async () => {
    expect(await pending(login)).toEqual(all);
    expect(await migrate(login)).toEqual(all);
    expect(await pending(login)).toEqual([]);
    expect(await migrate(login)).toEqual([]);
    expect(await entered()).toEqual(all);
  });

  it('may be started by eight instances at once', async () => {
    const done = await Promise.all(Array.from({ length: 8 }, () => migrate(login)));
    expect(done.flat().sort()).toEqual([...all].sort());
    expect(done.filter((names) => names.length > 0)).toHaveLength(1);
    expect(await entered()).toEqual(all);
  });

  it('migrates up, all the way down, and up again to the same schema', async () => {
    await migrate(login);
    const first = await schema();
    expect(await revert(login, all.length)).toEqual([...all].reverse());
    expect(await entered()).toEqual([]);
    const { rows } = await admin.query(
      `select oid::regclass::text as name from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v') order by 1`,
    );
    expect(rows).toEqual([{ name: 'migrations' }]);
    expect(await migrate(login)).toEqual(all);
    expect(await schema()).toEqual(first);
  });

  it('reverts only the last one', async () => {
    await migrate(login);
    expect(await revert(login, 1)).toEqual(all.slice(-1));
    expect(await pending(login)).toEqual(all.slice(-1));
    expect(await migrate(login)).toEqual(all.slice(-1));
  });

  it('recognizes what psql ran', async () => {
    // Like `psql -1 -f`: the text of the file, in one transaction.
    for (const { up } of (await readMigrations(MIGRATIONS_FOLDER)).slice(0, 2)) {
      await admin.query('begin');
      await admin.query(up);
      await admin.query('commit');
    }
    await admin.query('reset role');
    expect(await entered()).toEqual(all.slice(0, 2));
    // psql records no checksum, so the functions are applied once more.
    const files = (await readMigrations(MIGRATIONS_FOLDER)).slice(0, 2).flatMap(({ includes }) => includes);
    expect(await migrate(login)).toEqual([...all.slice(2), ...files.map(({ path }) => path)]);
    expect(await entered()).toEqual(all);
  });
});

describe('A folder of migrations', () => {
  let database: TestDatabase;
  let login: DatabaseLogin;
  let admin: pg.Client;
  let folder: string;

  beforeEach(async () => {
    database = await createEmptyDatabase();
    login = loginOf(database.url);
    admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    folder = await mkdtemp(join(tmpdir(), 'migrations-'));
    await mkdir(join(folder, 'down'));
    await add('001_first', 'create table first (a int);', 'drop table first;');
  });

  afterEach(async () => {
    await admin.end();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const add = async (stem: string, up: string, down?: string): Promise<void> => {
    const [number = '', word = ''] = stem.split('_');
    const name = `${word.charAt(0).toUpperCase()}${word.slice(1)}${EPOCH + Number(number)}`;
    await writeFile(join(folder, `${stem}.sql`), `-- enters itself as '${name}'\n${up}`);
    if (down) await writeFile(join(folder, 'down', `${stem}.sql`), down);
  };
  const exists = async (table: string): Promise<boolean> => {
    const { rows } = await admin.query<{ found: boolean }>('select to_regclass($1) is not null as found', [table]);
    return rows[0]?.found ?? false;
  };

  it('rolls back a failing migration, and keeps those before it', async () => {
    await add('002_second', 'create table second (a int); select 1 / 0;');
    await expect(migrate(login, { folder })).rejects.toThrow('division by zero');
    expect([await exists('first'), await exists('second')]).toEqual([true, false]);
    expect(await pending(login, { folder })).toEqual(['Second1800000000002']);
  });

  it('honours the lock_timeout of a file instead of blocking traffic', async () => {
    await migrate(login, { folder });
    await add('002_second', `set lock_timeout = '100ms'; alter table first add b int;`);
    await admin.query('begin; select from first');
    await expect(migrate(login, { folder })).rejects.toThrow('lock timeout');
    await admin.query('commit');
    expect(await migrate(login, { folder })).toEqual(['Second1800000000002']);
  });

  it('waits for another instance no longer than its deadline', async () => {
    await add('002_second', 'select pg_sleep(3);');
    const first = migrate(login, { folder });
    const sleeping = `select count(*)::int as n from pg_stat_activity
      where datname = current_database() and query like '%pg_sleep(3)%' and pid <> pg_backend_pid()`;
    const runs = async () => (await admin.query<{ n: number }>(sleeping)).rows[0]?.n === 1;
    expect(await eventually(runs)).toBe(true);
    await expect(migrate(login, { folder, lockDeadlineMs: 100 })).rejects.toThrow('Another instance');
    expect(await first).toEqual(['First1800000000001', 'Second1800000000002']);
  });

  it('refuses a duplicate number, a file that does not record itself, and a missing down file', async () => {
    await add('002_second', 'select 1;');
    await migrate(login, { folder });
    await expect(revert(login, 1, { folder })).rejects.toThrow('has no way back');
    await add('002_other', 'select 1;');
    await expect(pending(login, { folder })).rejects.toThrow('share a number');
    await rm(join(folder, '002_other.sql'));
    await writeFile(join(folder, '003_third.sql'), 'select 1;');
    await expect(migrate(login, { folder })).rejects.toThrow('does not enter itself');
  });
});
