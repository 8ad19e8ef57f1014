/** Boots one PostgreSQL for the whole run and migrates a template database in it; every suite gets its own copy. */
import '../typescript.mjs';
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

const { migrate } = await import('../../../src/platform/database/migrator.ts');
const { admitService } = await import('../../../src/platform/database/readiness.ts');
const { findBinaries } = await import('../../../src/platform/embedded/binaries.ts');
const { createCluster, SERVICE_LOGIN, SUPERUSER } = await import('../../../src/platform/embedded/cluster.ts');
const { startPostmaster } = await import('../../../src/platform/embedded/postmaster.ts');
const { postgresUser, runAs } = await import('../../../src/platform/embedded/postgres-user.ts');
const { EMBEDDED_SETTINGS } = await import('../../../src/platform/embedded/settings.ts');
const { freePort } = await import('../../../src/platform/embedded/ports.ts');

const PASSWORD = 'test';
const TEMPLATE = 'tm_template';
// The cluster is discarded, so nothing has to reach the disk. Autovacuum would open extra sessions.
const SETTINGS = {
  ...EMBEDDED_SETTINGS,
  max_connections: '200',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
};

const MEMORY = '/dev/shm';
const ROOM_BYTES = 4 * 2 ** 30;

export default async function setUp() {
  const base = await mkdtemp(join(await roomiest(), 'taskmaster-test-'));
  await chmod(base, 0o711);
  const guard = guardFolder(base);
  const port = await boot(base);
  const server = {
    host: '127.0.0.1',
    port,
    superuser: `postgres://${SUPERUSER}:${PASSWORD}@127.0.0.1:${port}`,
    service: `postgres://${SERVICE_LOGIN}:${PASSWORD}@127.0.0.1:${port}`,
    template: TEMPLATE,
  };
  await makeTemplate(server);
  process.env.TEST_POSTGRES = JSON.stringify(server);
  process.env.TEST_SCRATCH = base;
  globalThis.testPostgresGuard = guard;
}

/** In memory if there is enough: copying the template (1,500 files) takes a tenth of the time there. */
async function roomiest() {
  const { bavail, bsize } = await statfs(MEMORY).catch(() => ({ bavail: 0, bsize: 0 }));
  return bavail * bsize > ROOM_BYTES ? MEMORY : tmpdir();
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
 * Removes the server and its folder when its input ends. That happens however this run ends, even if it is killed, so
 * no run leaves a server behind.
 */
function guardFolder(base) {
  const script =
    'cat > /dev/null; read -r pid < "$0/pg/postmaster.pid" && kill -QUIT "$pid" && ' +
    'for n in $(seq 200); do kill -0 "$pid" 2> /dev/null || break; sleep 0.05; done; rm -rf "$0"';
  const child = spawn('sh', ['-c', script, base], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.unref();
  child.stdin.unref();
  return child;
}

/** Like an embedded start: the real migrations, then the roles for the service's login. */
async function makeTemplate({ host, port, superuser }) {
  const client = new pg.Client({ connectionString: `${superuser}/postgres` });
  await client.connect();
  try {
    await client.query(`create database ${TEMPLATE}`);
    await cheapenPasswords(client);
  } finally {
    await client.end();
  }
  const login = { host, port, name: TEMPLATE, user: SUPERUSER, password: PASSWORD, ssl: false };
  await migrate(login);
  await admitService(login, SERVICE_LOGIN);
}

/** Every connection derives a key from its password: by default 4,096 rounds, for ten connections of each application. */
async function cheapenPasswords(client) {
  await client.query('set scram_iterations = 1');
  for (const login of [SUPERUSER, SERVICE_LOGIN]) await client.query(`alter role ${login} password '${PASSWORD}'`);
}
