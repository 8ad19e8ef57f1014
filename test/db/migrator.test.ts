import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { DatabaseLogin } from '../../src/platform/config/config.js';
import {
  EPOCH,
  migrationNames,
  MIGRATIONS_FOLDER,
  readMigrations,
} from '../../src/platform/database/migration-files.js';
import { migrate, pending, revert } from '../../src/platform/database/migrator.js';
import { createEmptyDatabase, createTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { eventually, loginOf, running } from './database-fixture.js';

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
    all = await migrationNames(MIGRATIONS_FOLDER);
  });

  afterEach(async () => {
    await admin.end();
    await database.drop();
  });

  const entered = async (): Promise<string[]> => {
    const { rows } = await admin.query<{ name: string }>('select name from migrations order by id');
    return rows.map((row) => row.name);
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

  it('reverts only the last one', async () => {
    const migrated = await createTestDatabase();
    const own = loginOf(migrated.url);
    expect(await revert(own, 1)).toEqual(all.slice(-1));
    expect(await pending(own)).toEqual(all.slice(-1));
    expect(await migrate(own)).toEqual(all.slice(-1));
    await migrated.drop();
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
    await add('002_second', 'select pg_advisory_xact_lock(1);');
    await admin.query('select pg_advisory_lock(1)');
    const first = migrate(login, { folder });
    expect(await eventually(async () => (await running(admin, 'pg_advisory_xact_lock(1)')) === 1)).toBe(true);
    await expect(migrate(login, { folder, lockDeadlineMs: 100 })).rejects.toThrow('Another instance');
    await admin.query('select pg_advisory_unlock(1)');
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
