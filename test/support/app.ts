import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { hash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { createApplication } from '../../src/application.js';
import { loadConfig } from '../../src/platform/config/config.js';
import type { TestDatabase } from './database.js';
import { createTestDatabase } from './database.js';

/** A test user with an API key. */
export interface TestUser {
  readonly id: string;
  readonly keyId: string;
  readonly key: string;
  /** The personal team. */
  readonly teamId: string;
}

/** The real application on a separate database. */
export interface TestApp {
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly database: TestDatabase;
  /** As superuser, to set up data and bypass row-level security. */
  sql<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  user(role?: string, name?: string, scopes?: readonly string[] | null): Promise<TestUser>;
  /** Whether one of its sessions waits for a lock. */
  isBlocked(): Promise<boolean>;
  /** A team with these owners and members. */
  team(owner: TestUser, ...members: TestUser[]): Promise<string>;
  close(): Promise<void>;
}

const INSERT_USER = `with u as (
  insert into public.users (username, email, name, role_id)
  select $1::text, $1::text || '@example.test', $1::text, r.id
  from public.user_roles r
  where r.role_name = $2
  returning id
)
insert into public.api_keys (user_id, name, prefix, key_hash, scopes)
select u.id, 'test', left($3, 12), $4, $5::jsonb
from u
returning user_id as id, id as "keyId"`;

const BLOCKED = `select from pg_stat_activity
where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`;

/** Adds a user with a key, on any database that has the schema. */
export async function addUser(
  sql: TestApp['sql'],
  role: string,
  name: string,
  scopes: readonly string[] | null,
): Promise<TestUser> {
  const key = `tmk_${randomBytes(32).toString('base64url')}`;
  const scoped = scopes === null ? null : JSON.stringify(scopes);
  const [user] = await sql<{ id: string; keyId: string }>(INSERT_USER, [
    name,
    role,
    key,
    hash('sha256', key, 'buffer'),
    scoped,
  ]);
  if (!user) throw new Error(`no role ${role}`);
  const [team] = await sql<{ id: string }>('select id from public.teams where owner_id = $1 and is_personal', [
    user.id,
  ]);
  return { ...user, key, teamId: team?.id ?? '' };
}

async function addTeam(sql: TestApp['sql'], owner: TestUser, members: readonly TestUser[]): Promise<string> {
  const [team] = await sql<{ id: string }>('insert into public.teams (name, owner_id) values ($1, $2) returning id', [
    `team ${randomBytes(4).toString('hex')}`,
    owner.id,
  ]);
  const id = team?.id ?? '';
  await sql(
    `insert into public.team_members (team_id, user_id, role)
select $1, u, case when u = $2 then 'owner' else 'member' end
from unnest($3::uuid[]) u`,
    [id, owner.id, [owner.id, ...members.map((member) => member.id)]],
  );
  return id;
}

type Env = Readonly<Record<string, string>>;

/** Suites send any number of requests; the tests of the limits set their own. */
export const NO_LIMITS: Env = Object.fromEntries(
  ['PER_ADDRESS', 'PER_USER', 'PER_CREDENTIAL', 'PER_INGEST_KEY', 'SIGN_IN_PER_ADDRESS'].map((one) => [
    `RATE_LIMIT_${one}`,
    '0',
  ]),
);

/** Without it, each application would leave a destination of the log behind, which wakes up ten times a second. */
const NO_LOG = { write: (): void => undefined };

/** `env` may be a function of the database, to put a proxy in between; `logTo` is for tests of the log. */
export async function startTestApp(
  env: Env | ((database: TestDatabase) => Env) = {},
  logTo?: { write(line: string): void },
): Promise<TestApp> {
  const database = await createTestDatabase();
  const admin = new pg.Pool({ connectionString: database.url, max: 2 });
  const config = loadConfig({
    DATABASE_URL: database.serviceUrl,
    MIGRATION_DATABASE_URL: database.url,
    JWT_SECRET: 'a secret for tests that is long enough',
    API_HOST: '127.0.0.1',
    API_PORT: '0',
    METRICS_PORT: '0',
    // Suites share the processors, so a slow connection says nothing about the service.
    DB_ACQUIRE_TIMEOUT_MS: '20000',
    ...NO_LIMITS,
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    ...(typeof env === 'function' ? env(database) : env),
  });
  const app = await createApplication(config, logTo ?? (config.logLevel === 'silent' ? NO_LOG : undefined));
  await app.listen(config.api.port, config.api.host);
  const sql: TestApp['sql'] = async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) =>
    (await admin.query<Row>(text, values)).rows;
  let users = 0;
  return {
    url: (await app.getUrl()).replace('[::1]', '127.0.0.1'),
    app,
    database,
    sql,
    isBlocked: async () => (await sql(BLOCKED)).length > 0,
    user: (role = 'developer', name = `user${(users += 1)}-${randomBytes(3).toString('hex')}`, scopes = null) =>
      addUser(sql, role, name, scopes),
    team: (owner, ...members) => addTeam(sql, owner, members),
    close: async () => {
      await app.close();
      await admin.end();
      await database.drop();
    },
  };
}
