import pg from 'pg';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadDataset } from './dataset.mjs';
import { KEYS, keyOf } from './people.mjs';

/** A role for the way without row-level security: it reads everything, and the statement has to filter. */
export const BYPASS = 'bench_bypass';

/** A durable PostgreSQL of the bench's own and, in it, the databases that the measurements ask for. */
export async function openWorld(options, say) {
  const built = (path) => import(pathToFileURL(join(options.dist, path)).href);
  const { startEmbedded } = await built('platform/embedded/embedded-database.js');
  const folder = options.data ?? mkdtempSync(join(tmpdir(), 'taskmaster-bench-data-'));
  const embedded = await startEmbedded({ dataDir: folder, log: say });
  const superuser = loginOf(embedded.superuserUrl);
  const service = loginOf(embedded.serviceUrl);
  const databases = new Map();
  return {
    options,
    built,
    say,
    postgres: Number(readFileSync(join(folder, await clusterOf(folder), 'postmaster.pid'), 'utf8').split('\n')[0]),
    /** A database of this name with this many tasks, users and teams; made once. */
    async database(name, size) {
      if (!databases.has(name)) databases.set(name, await openDatabase({ name, size, superuser, service, built, say }));
      return databases.get(name);
    },
    async close() {
      for (const database of databases.values()) await database.admin.end();
      await embedded.stop();
      if (options.data === undefined) rmSync(folder, { recursive: true });
    },
  };
}

async function clusterOf(folder) {
  const { readdirSync } = await import('node:fs');
  return readdirSync(folder).find((name) => existsSync(join(folder, name, 'postmaster.pid')));
}

export function loginOf(url) {
  const { hostname, port, pathname, username, password } = new URL(url);
  return { host: hostname, port: Number(port), name: pathname.slice(1), user: username, password, ssl: false };
}

export function urlOf({ host, port, name, user, password }) {
  return `postgres://${user}:${password}@${host}:${port}/${name}`;
}

async function connect(login) {
  const client = new pg.Client({ connectionString: urlOf(login) });
  await client.connect();
  return client;
}

async function openDatabase({ name, size, superuser, service, built, say }) {
  const login = { ...superuser, name };
  const maintenance = await connect(superuser);
  const { rowCount: exists } = await maintenance.query('select from pg_database where datname = $1', [name]);
  if (!exists) await maintenance.query(`create database ${name}`);
  await maintenance.end();
  const { migrate } = await built('platform/database/migrator.js');
  const { admitService } = await built('platform/database/readiness.js');
  await migrate(login);
  await admitService(login, service.user);
  const admin = await connect(login);
  const { rows } = await admin.query(`select exists (select from public.tasks) as filled`);
  if (!rows[0].filled) {
    const start = performance.now();
    await loadDataset(admin, size);
    await giveKeys(admin, size.users);
    say(
      `${name}: ${size.tasks.toLocaleString('en')} tasks loaded in ${Math.round((performance.now() - start) / 1_000)} s`,
    );
  }
  await removeBypass(admin);
  return { name, size, admin, login: { ...service, name }, superuserLogin: login };
}

/** Keys in the form that the service accepts, for the users whom the load generators play. */
async function giveKeys(admin, users) {
  for (let user = 0; user < Math.min(KEYS, users); user += 1) {
    await admin.query(
      `update public.api_keys
       set key_hash = sha256(convert_to($2, 'UTF8'))
       where id = bench.plain_id('b', $1)`,
      [user, keyOf(user)],
    );
  }
}

/**
 * Gives the login of the service the role for the way without row-level security, for the time of a measurement: the
 * service itself refuses to start beside such a role.
 */
export async function withBypass({ admin, login }, use) {
  await removeBypass(admin);
  await admin.query(`create role ${BYPASS} nologin bypassrls`);
  try {
    await admin.query(`grant ${BYPASS} to ${login.user} with inherit false, set true`);
    await admin.query(`grant usage on schema public, app, bench to ${BYPASS}`);
    await admin.query(`grant select, insert, update, delete on all tables in schema public to ${BYPASS}`);
    await admin.query(`grant execute on all functions in schema app, bench to ${BYPASS}`);
    return await use();
  } finally {
    await removeBypass(admin);
  }
}

async function removeBypass(admin) {
  const { rowCount: exists } = await admin.query('select from pg_roles where rolname = $1', [BYPASS]);
  if (!exists) return;
  await admin.query(`drop owned by ${BYPASS}`);
  await admin.query(`drop role ${BYPASS}`);
}
