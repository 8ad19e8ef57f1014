import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import pg from 'pg';
import type { TestDatabase } from '../support/database.js';
import { createTestDatabase } from '../support/database.js';

const script = join(resolve(import.meta.dirname, '../..'), 'deploy/postgres/10-service-login.sh');

/** Names and passwords with special characters, which must not break out of the SQL statement. */
const login = `svc-${randomBytes(6).toString('hex')} "x`;
const password = `p'w"d \\ $1 %s; ${randomBytes(6).toString('hex')}`;

async function rowsOf<Row extends pg.QueryResultRow>(
  config: pg.ClientConfig,
  text: string,
  ...values: unknown[]
): Promise<Row[]> {
  const client = new pg.Client(config);
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

describe('deploy/postgres/10-service-login.sh', () => {
  let database: TestDatabase;

  const asService = (text: string): Promise<{ n: number }[]> =>
    rowsOf({ host: database.host, port: database.port, database: database.name, user: login, password }, text);

  const runScript = (): string =>
    execFileSync('sh', [script], {
      env: {
        PATH: process.env['PATH'],
        PGHOST: database.host,
        PGPORT: String(database.port),
        PGPASSWORD: decodeURIComponent(new URL(database.url).password),
        POSTGRES_USER: decodeURIComponent(new URL(database.url).username),
        POSTGRES_DB: database.name,
        SERVICE_LOGIN: login,
        SERVICE_PASSWORD: password,
      },
      stdio: 'pipe',
    }).toString();

  beforeAll(async () => {
    database = await createTestDatabase();
    runScript();
  });

  afterAll(async () => {
    const quoted = pg.escapeIdentifier(login);
    await rowsOf({ connectionString: database.url }, `drop owned by ${quoted}`);
    await rowsOf({ connectionString: database.url }, `drop role ${quoted}`);
    await database.drop();
  });

  it('creates a login that owns, creates and inherits nothing', async () => {
    const properties = await rowsOf(
      { connectionString: database.url },
      'select rolsuper, rolinherit, rolcanlogin, rolcreatedb, rolcreaterole, rolbypassrls from pg_roles where rolname = $1',
      login,
    );
    expect(properties).toEqual([
      {
        rolsuper: false,
        rolinherit: false,
        rolcanlogin: true,
        rolcreatedb: false,
        rolcreaterole: false,
        rolbypassrls: false,
      },
    ]);
  });

  it('lets it switch to exactly the roles of the pools', async () => {
    const roles = await rowsOf<{ name: string }>(
      { connectionString: database.url },
      `select r.rolname as name from pg_auth_members m join pg_roles r on r.oid = m.roleid
        where m.member = (select oid from pg_roles where rolname = $1) order by 1`,
      login,
    );
    expect(roles.map((row) => row.name)).toEqual([
      'tm_admin',
      'tm_analytics',
      'tm_app_ro',
      'tm_app_rw',
      'tm_background',
    ]);
  });

  it('shows it nothing under its own role, and no row without a session', async () => {
    await expect(asService('select count(*)::int as n from tasks')).rejects.toMatchObject({ code: '42501' });
    const client = new pg.Client({
      host: database.host,
      port: database.port,
      database: database.name,
      user: login,
      password,
    });
    await client.connect();
    await client.query('set role tm_app_ro');
    expect((await client.query('select count(*)::int as n from tasks')).rows).toEqual([{ n: 0 }]);
    await client.end();
  });

  it('can run again', () => {
    expect(() => runScript()).not.toThrow();
  });
});
