import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

/** A separate database for a suite: a copy of the migrated template on the server of the global setup. */
export interface TestDatabase {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** As superuser, to set up data and bypass row-level security. */
  readonly url: string;
  /** As the login of the service. */
  readonly serviceUrl: string;
  /** Drops the database; fails if a session is still open, because the suite leaked a connection. */
  drop(): Promise<void>;
}

interface TestServer {
  readonly host: string;
  readonly port: number;
  readonly superuser: string;
  readonly service: string;
  readonly template: string;
}

const LEAK_PATIENCE_MS = 2_000;

export async function createTestDatabase(): Promise<TestDatabase> {
  const server = testServer();
  return createFrom(server, server.template);
}

/** A database with nothing in it, for tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return createFrom(testServer(), 'template1');
}

async function createFrom(server: TestServer, template: string): Promise<TestDatabase> {
  const name = `tm_${randomBytes(8).toString('hex')}`;
  await asSuperuser(server, (client) =>
    client.query(`create database ${name} template ${template} strategy file_copy`),
  );
  return {
    name,
    host: server.host,
    port: server.port,
    url: `${server.superuser}/${name}`,
    serviceUrl: `${server.service}/${name}`,
    drop: () => dropDatabase(server, name),
  };
}

function testServer(): TestServer {
  const published = process.env['TEST_POSTGRES'];
  if (!published) throw new Error('TEST_POSTGRES is not set: run the tests through Jest with its global setup.');
  return JSON.parse(published) as TestServer;
}

async function dropDatabase(server: TestServer, name: string): Promise<void> {
  const open = await asSuperuser(server, async (client) => {
    const left = await sessionsLeft(client, name);
    await client.query(`drop database if exists ${name} with (force)`);
    return left;
  });
  if (open.length > 0) throw new Error(`${open.length} sessions were still open on ${name}:\n${open.join('\n')}`);
}

/** PostgreSQL takes a moment to notice a closed connection, so only lasting sessions count. */
async function sessionsLeft(client: pg.Client, name: string): Promise<string[]> {
  const deadline = Date.now() + LEAK_PATIENCE_MS;
  for (;;) {
    const { rows } = await client.query<{ session: string }>(
      `select format('%s (%s): %s', usename, state, query) as session
         from pg_stat_activity
        where datname = $1
          and backend_type = 'client backend'`,
      [name],
    );
    if (rows.length === 0 || Date.now() > deadline) return rows.map((row) => row.session);
    await delay(20);
  }
}

async function asSuperuser<T>(server: TestServer, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: `${server.superuser}/postgres` });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
