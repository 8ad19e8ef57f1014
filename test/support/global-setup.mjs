/** Boots one PostgreSQL for the whole run and migrates a template database in it; every suite gets its own copy. */
import './typescript.mjs';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

const { findBinaries } = await import('../../src/platform/embedded/binaries.ts');
const { createCluster } = await import('../../src/platform/embedded/cluster.ts');
const { startPostmaster } = await import('../../src/platform/embedded/postmaster.ts');
const { postgresUser, runAs } = await import('../../src/platform/embedded/postgres-user.ts');
const { EMBEDDED_SETTINGS } = await import('../../src/platform/embedded/settings.ts');
const { freePort } = await import('../../src/platform/embedded/ports.ts');

const PASSWORD = 'test';
const TEMPLATE = 'tm_template';
const SERVICE_ROLES = ['tm_app_rw', 'tm_app_ro', 'tm_analytics', 'tm_background', 'tm_admin'];
// The cluster is thrown away, so nothing has to reach the disk; autovacuum would open sessions of its own.
const SETTINGS = {
  ...EMBEDDED_SETTINGS,
  max_connections: '200',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
};

export default async function setUp() {
  const base = await mkdtemp(join(tmpdir(), 'taskmaster-test-'));
  await chmod(base, 0o711);
  const guard = guardFolder(base);
  const port = await boot(base);
  const server = {
    host: '127.0.0.1',
    port,
    superuser: `postgres://postgres:${PASSWORD}@127.0.0.1:${port}`,
    service: `postgres://taskmaster:${PASSWORD}@127.0.0.1:${port}`,
    template: TEMPLATE,
  };
  await makeTemplate(server);
  process.env.TEST_POSTGRES = JSON.stringify(server);
  globalThis.testPostgresGuard = guard;
}

async function boot(base) {
  const dir = join(base, 'pg');
  const [binaries, user] = await Promise.all([findBinaries(), postgresUser(dir)]);
  const as = await runAs(user, [dir, binaries.postgres]);
  const passwords = { superuserPassword: PASSWORD, servicePassword: PASSWORD };
  await createCluster({ dir, binaries, user, runAs: as, ...passwords, durable: false });
  const logFile = join(base, 'postgres.log');
  const port = await freePort();
  await startPostmaster({ dir, port, binaries, runAs: as, logFile, settings: SETTINGS });
  return port;
}

/**
 * Takes the server and its folder away when its input ends. That is the case however this run ends, killed included,
 * so no run leaves a server behind.
 */
function guardFolder(base) {
  const script =
    'cat > /dev/null; read -r pid < "$0/pg/postmaster.pid" && kill -QUIT "$pid" && ' +
    'while kill -0 "$pid" 2> /dev/null; do sleep 0.05; done; rm -rf "$0"';
  const child = spawn('sh', ['-c', script, base], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.unref();
  child.stdin.unref();
  return child;
}

async function makeTemplate({ superuser }) {
  await withClient(`${superuser}/postgres`, (client) => client.query(`create database ${TEMPLATE}`));
  await withClient(`${superuser}/${TEMPLATE}`, async (client) => {
    await migrate(client);
    const { rows } = await client.query('select rolname from pg_roles where rolname = any($1)', [SERVICE_ROLES]);
    for (const { rolname } of rows) await client.query(`grant ${rolname} to taskmaster with inherit false, set true`);
  });
}

async function migrate(client) {
  const folder = new URL('../../migrations/', import.meta.url);
  const files = readdirSync(folder).filter((name) => /^\d+_.*\.sql$/.test(name) && !name.includes('down'));
  for (const name of files.sort()) await client.query(readFileSync(new URL(name, folder), 'utf8'));
}

async function withClient(connectionString, use) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
