import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { checkCatalogue, staleExemptions } from '../../src/platform/database/catalogue/check.js';
import { migrate, revert } from '../../src/platform/database/migrator.js';
import { admitService, checkRowLevelSecurity } from '../../src/platform/database/readiness.js';
import { freePort } from '../../src/platform/embedded/ports.js';
import { postgresUser, runAs } from '../../src/platform/embedded/postgres-user.js';
import { startPostmaster, stopPostmaster } from '../../src/platform/embedded/postmaster.js';
import type { Postmaster } from '../../src/platform/embedded/postmaster.js';
import type { TestDatabase } from '../support/database.js';
import { loginOf } from './database-fixture.js';
import { doors, tryDoor } from './matrix/doors.js';
import { expand } from './matrix/expand.js';
import { expectedOf } from './matrix/expected.js';
import { cellsOf, lines, relations, runAsLogins, totals } from './matrix/run.js';
import { schemaDump } from './matrix/schema-dump.js';
import { violations } from './matrix/violations.js';
import { makeWorld } from './matrix/world.js';
import type { World } from './matrix/world.js';

/** Debian's PostgreSQL 15: the oldest version that the migrations support, and the one without uuidv7(). */
const BIN = '/usr/lib/postgresql/15/bin';

interface Server {
  readonly base: string;
  readonly postmaster: Postmaster;
  readonly database: TestDatabase;
}

async function boot(): Promise<Server> {
  const base = await mkdtemp(join(tmpdir(), 'taskmaster-pg15-'));
  await chmod(base, 0o711);
  const dir = join(base, 'pg');
  const binaries = { major: '15', initdb: join(BIN, 'initdb'), postgres: join(BIN, 'postgres') };
  const user = await postgresUser(dir);
  const as = await runAs(user, [dir, binaries.postgres]);
  await mkdir(dir, { mode: 0o700 });
  if (user) await chown(dir, user.uid, user.gid);
  const { command, args, identity } = as(binaries.initdb, [
    `--pgdata=${dir}`,
    '--username=postgres',
    '--auth=trust',
    '--no-sync',
  ]);
  await promisify(execFile)(command, args, { ...identity, cwd: '/' });
  const port = await freePort();
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off' };
  const postmaster = await startPostmaster({ dir, port, binaries, runAs: as, logFile: join(base, 'log'), settings });
  const at = (login: string): string => `postgres://${login}@127.0.0.1:${port}/postgres`;
  const database = { name: 'postgres', host: '127.0.0.1', port, url: at('postgres'), serviceUrl: at('taskmaster') };
  return { base, postmaster, database: { ...database, drop: () => Promise.resolve() } };
}

// Teeth: those of the suites for PostgreSQL 18, whose expectations these are; here a planted fault per rule, too.
describe('PostgreSQL 15', () => {
  let server: Server;
  let superuser: pg.Client;
  let world: World;

  beforeAll(async () => {
    server = await boot();
    superuser = new pg.Client({ connectionString: server.database.url });
    await superuser.connect();
    await superuser.query('create role taskmaster login noinherit');
    await migrate(loginOf(server.database.url));
    await admitService(loginOf(server.database.url), 'taskmaster');
    world = await makeWorld(superuser);
  });

  afterAll(async () => {
    await superuser.end();
    await stopPostmaster(server.postmaster);
    await rm(server.base, { recursive: true });
  });

  const run = async (sql: string): Promise<Record<string, unknown>[]> =>
    (await superuser.query<Record<string, unknown>>(sql)).rows;

  it('is the version under test', async () => {
    expect(await run('show server_version')).toEqual([{ server_version: expect.stringMatching(/^15\./) }]);
  });

  it('passes the catalogue checker', async () => {
    expect(await checkCatalogue(run)).toEqual([]);
    expect(await staleExemptions(run)).toEqual([]);
    expect(await checkRowLevelSecurity(loginOf(server.database.url))).toEqual([]);
  });

  it.each(violations)('$rule finds: $what', async ({ rule, object, sql }) => {
    await superuser.query('begin');
    try {
      await superuser.query(sql);
      expect(await checkCatalogue(run)).toContainEqual(expect.objectContaining({ rule, object }));
    } finally {
      await superuser.query('rollback');
    }
  });

  it('answers every cell of the matrix as PostgreSQL 18 does', async () => {
    const wanted = expand(expectedOf(world));
    expect(Object.keys(wanted).sort()).toEqual(await relations(superuser));
    const found = await runAsLogins(server.database, world, await totals(superuser, world));
    const actual = new Map(lines(found));
    const mismatches = lines(wanted)
      .filter(([line, outcome]) => actual.get(line) !== outcome)
      .map(([line, outcome]) => `${line}: expected ${outcome}, got ${actual.get(line) ?? 'nothing'}`);
    process.stdout.write(`PostgreSQL 15: ${cellsOf(found)} cells, ${mismatches.length} mismatches\n`);
    expect(mismatches).toEqual([]);
  }, 120_000);

  it('lets the same through the functions that run with other rights', async () => {
    await superuser.query('begin');
    const wanted = doors(world);
    const found: string[] = [];
    for (const door of wanted) found.push(`${door.what}: ${await tryDoor(superuser, door)}`);
    await superuser.query('rollback');
    expect(found).toEqual(wanted.map((door) => `${door.what}: ${door.outcome}`));
  });

  it('makes keys of version 7 without uuidv7()', async () => {
    const rows = await run('select app.new_id()::text as id from generate_series(1, 1000)');
    const ids = rows.map((row) => String(row['id']));
    expect(
      ids.filter((id) => !/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)),
    ).toEqual([]);
    const times = ids.map((id) => id.slice(0, 13));
    expect(times).toEqual([...times].sort());
    expect(Math.abs(Date.now() - parseInt(times[0]!.replace('-', ''), 16))).toBeLessThan(60_000);
  });

  // Last: it takes every table away and makes it again.
  it('goes all the way down and up again', async () => {
    const login = loginOf(server.database.url);
    const schema = await schemaDump(superuser);
    const all = (await run('select name from migrations')).length;
    expect(await revert(login, all)).toHaveLength(all);
    expect(await migrate(login)).toHaveLength(all);
    expect(await schemaDump(superuser)).toEqual(schema);
  });
});
