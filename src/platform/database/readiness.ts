import pg from 'pg';
import type { DatabaseLogin } from '../config/config.js';
import { StartupProblem } from '../faults/startup-problem.js';
import type { Finding } from './catalogue/check.js';
import { checkCatalogue } from './catalogue/check.js';
import { loginConfig } from './endpoint.js';
import { migrationNames, MIGRATIONS_FOLDER } from './migration-files.js';

const CONNECT_MS = 10_000;
const STATEMENT_MS = 30_000;

/** Why a connection was refused, by what PostgreSQL or the network said. */
const REFUSALS: Readonly<Record<string, string>> = {
  '28P01': 'the password is wrong',
  '28000': 'the login is not admitted',
  '3D000': 'there is no such database',
  '53300': 'the server has no free connection',
  '57P03': 'the server is starting or shutting down',
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host could not be looked up',
  ETIMEDOUT: 'there was no answer in time',
  ECONNRESET: 'the connection was reset',
  ...Object.fromEntries(
    [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    ].map((code) => [
      code,
      'its certificate is of an authority that is not trusted; DB_SSL_ROOT_CERT names the one of yours',
    ]),
  ),
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  CERT_HAS_EXPIRED: 'its certificate has expired',
};

/** What pg says when the server offers no TLS; it has no code. */
const NO_TLS = /does not support SSL/;
const WITHOUT_TLS =
  'it offers no TLS. Give it a certificate, or set DB_SSL_MODE=disable if nobody else can reach the network in between';

/** @throws StartupProblem */
async function connect(client: pg.Client, { host, port, name, user }: DatabaseLogin): Promise<void> {
  try {
    await client.connect();
  } catch (cause) {
    const { code = '', message } = cause as { code?: string; message: string };
    const why = REFUSALS[code] ?? (NO_TLS.test(message) ? WITHOUT_TLS : message);
    throw new StartupProblem(`PostgreSQL at ${host}:${port} refused ${user} on database ${name}: ${why}.`, { cause });
  }
}

async function asMigrator<T>(login: DatabaseLogin, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    ...loginConfig(login),
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: STATEMENT_MS + 1_000,
  });
  await connect(client, login);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * Grants the roles of the pools to the login of the service. The login inherits none of them, because the policies of a role
 * also apply to logins that inherit it. Before PostgreSQL 16 inheritance is an attribute of the login.
 */
export function admitService(migrator: DatabaseLogin, serviceUser: string): Promise<void> {
  return asMigrator(migrator, async (client) => {
    const roles = 'tm_app_rw, tm_app_ro, tm_analytics, tm_background, tm_admin';
    const { rows } = await client.query<{ missing: number; superuser: boolean; option: string }>(
      `select
  case when current_setting('server_version_num')::int >= 160000 then 'with inherit false, set true' else '' end as option,
  (select count(*)::int from unnest(string_to_array($2, ', ')) r where not pg_has_role($1, r, 'MEMBER')) as missing,
  (select rolsuper from pg_roles where rolname = $1) as superuser`,
      [serviceUser, roles],
    );
    if (rows[0]?.superuser || rows[0]?.missing === 0) return;
    const { rows: name } = await client.query<{ quoted: string }>('select quote_ident($1) as quoted', [serviceUser]);
    await client.query(`grant ${roles} to ${name[0]?.quoted ?? ''} ${rows[0]?.option ?? ''}`);
  });
}

/** Whether a login may run migrations: a superuser, a member of the owner, or one that can create the roles. */
export function mayMigrate(login: DatabaseLogin): Promise<boolean> {
  return asMigrator(login, async (client) => {
    const { rows } = await client.query<{ may: boolean }>(
      `select rolsuper or rolcreaterole or (to_regrole('tm_owner') is not null and pg_has_role('tm_owner', 'member')) as may
from pg_roles
where rolname = current_user`,
    );
    return rows[0]?.may ?? false;
  });
}

/** Pending migrations, as far as the login of the service can see them. */
export function missingMigrations(service: DatabaseLogin): Promise<string[]> {
  return asMigrator(service, async (client) => {
    const names = await migrationNames(MIGRATIONS_FOLDER);
    // The login itself may not look into the schema. Before the first migration there is no role that may.
    const { rows: roles } = await client.query<{ isMember: boolean }>(
      `select pg_has_role(oid, 'member') as "isMember" from pg_roles where rolname = 'tm_app_ro'`,
    );
    if (!roles[0]?.isMember) return names;
    await client.query('set role tm_app_ro');
    const { rows } = await client.query<{ known: boolean }>(
      `select exists (
  select
  from pg_proc p
  join pg_namespace n on n.oid = p.pronamespace
  where n.nspname = 'app'
    and p.proname = 'schema_version'
) as known`,
    );
    if (!rows[0]?.known) return names;
    const version = await client.query<{ last: string }>('select app.schema_version()::text as last');
    return names.filter((name) => name.slice(-13) > (version.rows[0]?.last ?? ''));
  });
}

/** Findings of the catalogue check that forbid a start. */
export function checkRowLevelSecurity(migrator: DatabaseLogin): Promise<Finding[]> {
  return asMigrator(migrator, async (client) => {
    const found = await checkCatalogue(async (sql) => (await client.query<Record<string, unknown>>(sql)).rows);
    return found.filter((finding) => finding.severity === 'refuse');
  });
}
