import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { checkCatalogue, staleExemptions } from '../../src/platform/database/catalogue/check.js';
import { migrate, revert } from '../../src/platform/database/migrator.js';
import { admitService, checkRowLevelSecurity } from '../../src/platform/database/readiness.js';
import type { TestDatabase } from '../support/database.js';
import { POSTGRES_15, startServer } from '../support/postgres-server.js';
import type { PostgresServer } from '../support/postgres-server.js';
import { loginOf } from './database-fixture.js';
import { findMismatches, searchWith } from './search-corpus.js';
import { definerCases, runDefinerCase } from './matrix/definer-cases.js';
import { expand } from './matrix/expand.js';
import { expectedOf } from './matrix/expected.js';
import { cellsOf, lines, relations, runAsLogins, totals } from './matrix/run.js';
import { schemaDump } from './matrix/schema-dump.js';
import { violations } from './matrix/violations.js';
import { makeWorld } from './matrix/world.js';
import type { World } from './matrix/world.js';

// Runs the expectations of the suites for PostgreSQL 18. Seen to fail: a planted fault for each rule.
describe('PostgreSQL 15', () => {
  let server: PostgresServer;
  let database: TestDatabase;
  let superuser: pg.Client;
  let world: World;

  beforeAll(async () => {
    server = await startServer(POSTGRES_15);
    const { host, port } = server;
    const urls = { url: server.url('postgres'), serviceUrl: server.url('taskmaster') };
    database = { name: 'postgres', host, port, ...urls, drop: () => Promise.resolve() };
    superuser = new pg.Client({ connectionString: database.url });
    await superuser.connect();
    await superuser.query('create role taskmaster login noinherit');
    await migrate(loginOf(database.url));
    await admitService(loginOf(database.url), 'taskmaster');
    world = await makeWorld(superuser);
  });

  afterAll(async () => {
    await superuser.end();
    await server.stop();
  });

  const run = async (sql: string): Promise<Record<string, unknown>[]> =>
    (await superuser.query<Record<string, unknown>>(sql)).rows;

  it('is the version under test', async () => {
    expect(await run('show server_version')).toEqual([{ server_version: expect.stringMatching(/^15\./) }]);
  });

  it('passes the catalogue checker', async () => {
    expect(await checkCatalogue(run)).toEqual([]);
    expect(await staleExemptions(run)).toEqual([]);
    expect(await checkRowLevelSecurity(loginOf(database.url))).toEqual([]);
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

  it('gives the results of PostgreSQL 18 in every cell of the matrix', async () => {
    const wanted = expand(expectedOf(world));
    expect(Object.keys(wanted).sort()).toEqual(await relations(superuser));
    const found = await runAsLogins(database, world, await totals(superuser, world));
    const actual = new Map(lines(found));
    const mismatches = lines(wanted)
      .filter(([line, outcome]) => actual.get(line) !== outcome)
      .map(([line, outcome]) => `${line}: expected ${outcome}, got ${actual.get(line) ?? 'nothing'}`);
    process.stdout.write(`PostgreSQL 15: ${cellsOf(found)} cells, ${mismatches.length} mismatches\n`);
    expect(mismatches).toEqual([]);
  }, 120_000);

  it('gives the same results for SECURITY DEFINER functions', async () => {
    await superuser.query('begin');
    const wanted = definerCases(world);
    const found: string[] = [];
    for (const one of wanted) found.push(`${one.what}: ${await runDefinerCase(superuser, one)}`);
    await superuser.query('rollback');
    expect(found).toEqual(wanted.map((one) => `${one.what}: ${one.outcome}`));
  });

  it('generates keys of version 7 without uuidv7()', async () => {
    const rows = await run('select app.new_id()::text as id from generate_series(1, 1000)');
    const ids = rows.map((row) => String(row['id']));
    expect(
      ids.filter((id) => !/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)),
    ).toEqual([]);
    const times = ids.map((id) => id.slice(0, 13));
    expect(times).toEqual([...times].sort());
    expect(Math.abs(Date.now() - parseInt(times[0]!.replace('-', ''), 16))).toBeLessThan(60_000);
  });

  it('finds in texts what PostgreSQL 18 finds', async () => {
    expect(await findMismatches(await searchWith(superuser))).toEqual([]);
  });

  // Last, because it drops and recreates every table.
  it('migrates all the way down and up again', async () => {
    const login = loginOf(database.url);
    const schema = await schemaDump(superuser);
    const all = (await run('select name from migrations')).length;
    expect(await revert(login, all)).toHaveLength(all);
    expect(await migrate(login)).toHaveLength(all);
    expect(await schemaDump(superuser)).toEqual(schema);
  });
});
