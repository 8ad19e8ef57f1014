import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { DatabaseLogin } from '../../src/platform/config/config.js';
import { checkCatalogue } from '../../src/platform/database/catalogue/check.js';
import type { MigrationFile } from '../../src/platform/database/migration-files.js';
import { migrationNames, MIGRATIONS_FOLDER, readMigrations } from '../../src/platform/database/migration-files.js';
import { migrate, revert } from '../../src/platform/database/migrator.js';
import { createEmptyDatabase, createTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { thoroughness } from '../support/thoroughness.js';
import { loginOf } from './database-fixture.js';
import { dataDump, schemaDump } from './matrix/schema-dump.js';
import { makeWorld } from './matrix/world.js';
import type { World } from './matrix/world.js';

type Dump = Awaited<ReturnType<typeof dataDump>>;

const files = async (folder = ''): Promise<string[]> =>
  (await readdir(join(MIGRATIONS_FOLDER, folder)))
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => join(folder, name));
const numbered = async (): Promise<string[]> => [...(await files()), ...(await files('down'))];
const read = (name: string): Promise<string> => readFile(join(MIGRATIONS_FOLDER, name), 'utf8');

/** Without the functions of later migrations: a changed function moves to a later one, and is missing before it. */
function withoutLater(schema: readonly string[], later: readonly MigrationFile[]): string {
  const created = later.flatMap(({ up, down }) => [
    ...`${up}${down}`.matchAll(/^create or replace function ([\w.]+)\(/gm),
  ]);
  const names = new Set(created.map(([, name]) => name));
  return schema
    .filter((line) => !names.has(/^(?:(?:owner|grant) \| )?function \| .*?([\w.]+)\(/.exec(line)?.[1]))
    .join('\n');
}

async function connect(database: TestDatabase): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  return client;
}

// Seen to fail, by file name: a missing down file, and a file without `set lock_timeout`.
describe('every migration file', () => {
  it('has a down migration', async () => {
    expect(await files('down')).toEqual((await files()).map((name) => join('down', name)));
  });

  it('first limits how long it waits for a lock', async () => {
    for (const name of await numbered()) {
      const statements = (await read(name)).replace(/^--.*$/gm, '').trim();
      expect({ name, first: statements.split('\n')[0] }).toEqual({ name, first: "set lock_timeout = '5s';" });
    }
  });

  it('runs as tm_owner and ends as the login', async () => {
    for (const name of await numbered()) {
      const text = await read(name);
      expect({ name, becomes: /^set role tm_\w+;$/m.test(text), ends: /^reset role;$/m.test(text) }).toEqual({
        ...{ name, becomes: true, ends: true },
      });
    }
  });
});

/*
 * Seen to fail: a grant, a comment and a trigger on one side only made the dumps differ; a missing backfill, and one
 * that changed updated_at, altered the fingerprint of the table.
 */
describe('migrations on a database with rows in it', () => {
  let database: TestDatabase;
  let superuser: pg.Client;
  let login: DatabaseLogin;
  let all: string[];

  beforeEach(async () => {
    database = await createTestDatabase();
    superuser = await connect(database);
    login = loginOf(database.url);
    all = await migrationNames(MIGRATIONS_FOLDER);
  });

  afterEach(async () => {
    await superuser.end();
    await database.drop();
  });

  /** Compares the rows of these tables before and after. */
  const expectKept = (where: string, tables: string[], before: Dump, after: Dump): void => {
    for (const table of tables)
      expect(`${where}, ${table} ${after[table]!}`).toBe(`${where}, ${table} ${before[table]!}`);
  };

  async function fill(): Promise<void> {
    await makeWorld(superuser);
    // Migrating up again would create a partition for these rows.
    await superuser.query('delete from audit_logs_default');
  }

  it('create the same schema through psql -f and the migrator', async () => {
    const throughMigrator = await schemaDump(superuser);
    const other = await createEmptyDatabase();
    const otherSuperuser = await connect(other);
    // psql -f sends the statements of the file; so does one simple query.
    for (const { up } of await readMigrations(MIGRATIONS_FOLDER)) await otherSuperuser.query(up);
    const throughPsql = await schemaDump(otherSuperuser);
    await otherSuperuser.end();
    await other.drop();

    expect(throughPsql).toEqual(throughMigrator);
    expect(throughMigrator.length).toBeGreaterThan(500);
  });

  it('can be reverted one by one and run again without losing or changing a row', async () => {
    await fill();
    const steps = await readMigrations(MIGRATIONS_FOLDER);
    let before = await dataDump(superuser);
    for (const [index, { name, up, down }] of [...steps.entries()].reverse()) {
      const later = steps.slice(index + 1);
      const schema = withoutLater(await schemaDump(superuser), later);
      await superuser.query('begin');
      await superuser.query(down!);
      const reverted = await dataDump(superuser);
      await superuser.query(up);
      expectKept(name, Object.keys(reverted), before, await dataDump(superuser));
      expect(withoutLater(await schemaDump(superuser), later)).toBe(schema);
      // Undone, because the way back of an earlier migration needs the functions that have moved to later ones.
      await superuser.query('rollback');
      await superuser.query(down!);
      before = reverted;
    }
    expect(await dataDump(superuser)).toEqual({});
  });

  it('can be reverted at once and run again on a database with rows', async () => {
    await fill();
    const schema = await schemaDump(superuser);
    for (const count of thoroughness.everyMigrationDepth ? all.map((_, index) => index + 1) : [all.length]) {
      const before = await dataDump(superuser);
      expect(await revert(login, count)).toEqual(all.slice(-count).reverse());
      const kept = Object.keys(await dataDump(superuser));
      if (count === all.length) expect(await relations()).toEqual(['migrations']);
      expect(await migrate(login)).toEqual(all.slice(-count));
      expectKept(`${count} back`, kept, before, await dataDump(superuser));
      expect(await schemaDump(superuser)).toEqual(schema);
    }
    const findings = await checkCatalogue(async (sql) => (await superuser.query<Record<string, unknown>>(sql)).rows);
    expect(findings).toEqual([]);
    // With every depth, its duration grows with the square of the number of migrations.
  }, 300_000);

  async function relations(): Promise<string[]> {
    const { rows } = await superuser.query<{ name: string }>(
      `select relname as name from pg_class
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v') order by 1`,
    );
    return rows.map(({ name }) => name);
  }
});

describe('the schema of the migrations', () => {
  let database: TestDatabase;
  let superuser: pg.Client;
  let world: World;

  beforeAll(async () => {
    database = await createTestDatabase();
    superuser = await connect(database);
    world = await makeWorld(superuser);
  });

  afterAll(async () => {
    await superuser.end();
    await database.drop();
  });

  const first = async (sql: string, values: unknown[] = []): Promise<Record<string, unknown> | undefined> =>
    (await superuser.query<Record<string, unknown>>(sql, values)).rows[0];

  // Seen to fail: with both child tables joined in the view, as in the design document, the counts were 6, 6 and 12.
  it('counts contexts, dependencies and children of a task separately', async () => {
    const { home, user } = world.of.developer;
    const task = await first(`insert into tasks (team_id, title) values ($1, 'counted') returning id`, [home]);
    const id = task?.['id'];
    await superuser.query(
      `insert into task_contexts (team_id, task_id, context_type) select $1, $2, 'note' from generate_series(1, 2)`,
      [home, id],
    );
    await superuser.query(
      `with needed as (
         insert into tasks (team_id, title, created_by) select $1, 'needed', $3 from generate_series(1, 3) returning id
       )
       insert into task_dependencies (team_id, parent_task_id, child_task_id) select $1, needed.id, $2 from needed`,
      [home, id, user],
    );
    await superuser.query(
      `insert into tasks (team_id, title, parent_task_id, deleted_at)
       values ($1, 'child', $2, null), ($1, 'child', $2, null), ($1, 'gone', $2, now())`,
      [home, id],
    );
    // Two dependants; one of them is also a subtask and counts as one child.
    await superuser.query(
      `with dependant as (
         insert into tasks (team_id, title, parent_task_id) values ($1, 'later', null), ($1, 'below and later', $2) returning id
       )
       insert into task_dependencies (team_id, parent_task_id, child_task_id) select $1, $2, dependant.id from dependant`,
      [home, id],
    );
    expect(
      await first(
        `select context_count::int as contexts, dependency_count::int as dependencies, child_task_count::int as children
         from active_tasks where id = $1`,
        [id],
      ),
    ).toEqual({ contexts: 2, dependencies: 3, children: 4 });
  });

  // Seen to fail: a column missing from the view was named.
  it('shows every column of a task in the view of active tasks, with the same type', async () => {
    const columns = async (relation: string): Promise<string[]> => {
      const { rows } = await superuser.query<{ line: string }>(
        `select attname || ' ' || format_type(atttypid, atttypmod) as line
         from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
        [relation],
      );
      return rows.map(({ line }) => line);
    };
    const shown = await columns('active_tasks');
    expect((await columns('tasks')).filter((column) => !shown.includes(column))).toEqual([]);
  });

  // Seen to fail: rls-mutation.test.ts drops the SELECT policy that RETURNING needs.
  it('answers an insert with the row, with id, version and times filled in', async () => {
    const client = new pg.Client({ connectionString: database.serviceUrl, options: '-c role=tm_app_rw' });
    await client.connect();
    const { user, credential } = world.credentials.developer;
    await client.query('begin');
    await client.query(`select set_config('role', app.open_session($1, $2, null, null, 'tm_app_rw'), true)`, [
      user,
      credential,
    ]);
    const { rows } = await client.query(
      `insert into tasks (team_id, title) values ($1, 'new')
       returning id, version, status, created_at = updated_at as "untouched", created_at = now() as "now"`,
      [world.of.developer.home],
    );
    await client.query('rollback');
    await client.end();
    expect(rows).toEqual([
      { id: expect.stringMatching(/^[0-9a-f-]{36}$/), version: 1, status: 'pending', untouched: true, now: true },
    ]);
  });

  // Seen to fail: with unique (project_key), the second tenant got 23505.
  it('lets two tenants use the same project key, list and number', async () => {
    const { developer, foreigner } = world.of;
    for (const { home } of [developer, foreigner]) {
      await superuser.query(`insert into projects (team_id, project_key, name) values ($1, 'same', 'Same')`, [home]);
      await superuser.query(`insert into task_lists (team_id, project_key) values ($1, 'same')`, [home]);
      await superuser.query(
        `insert into tasks (team_id, project_key, list, ref, title) values ($1, 'same', 'master', '1', 'first')`,
        [home],
      );
    }
    const again = superuser.query(`insert into projects (team_id, project_key, name) values ($1, 'same', 'Same')`, [
      developer.home,
    ]);
    await expect(again).rejects.toMatchObject({ code: '23505', constraint: 'projects_team_id_project_key_key' });
  });

  /*
   * A reference to another tenant's row fails exactly like one to a missing row, so it does not reveal what exists.
   * Seen to fail: with a plain foreign key on task_id the first was accepted.
   */
  it('refuses a reference to another tenant like one to a missing row', async () => {
    const { developer, foreigner } = world.of;
    const nothing = '00000000-0000-7000-8000-00000000dead';
    const insert = (task: string) =>
      superuser
        .query(`insert into task_contexts (team_id, task_id, context_type) values ($1, $2, 'x')`, [
          developer.home,
          task,
        ])
        .then(() => 'accepted')
        .catch((error: unknown) => {
          const { code, constraint, message } = error as pg.DatabaseError;
          return { code, constraint, message };
        });
    expect(await insert(foreigner.trunk)).toMatchObject({ code: '23503', constraint: 'task_contexts_task_fkey' });
    expect(await insert(foreigner.trunk)).toEqual(await insert(nothing));
  });

  // Seen to fail: with gen_random_uuid() as the default, the order differed and the version digit was 4.
  it('generates UUIDs of version 7 in creation order', async () => {
    const { rows } = await superuser.query<{ id: string }>(
      'select app.new_id()::text as id from generate_series(1, 1000)',
    );
    const ids = rows.map((row) => row.id);
    expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(
      true,
    );
    expect(new Set(ids).size).toBe(ids.length);
    const times = ids.map((id) => id.slice(0, 13));
    expect(times).toEqual([...times].sort());
    expect(Math.abs(Date.now() - parseInt(times[0]!.replace('-', ''), 16))).toBeLessThan(60_000);
  });
});
