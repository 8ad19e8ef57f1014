import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Session } from '../../src/platform/auth/session.js';
import type { DatabaseLogin } from '../../src/platform/config/config.js';
import { Database } from '../../src/platform/database/database.js';
import type { DatabaseOptions } from '../../src/platform/database/database.js';
import { createTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';

export interface Fixture {
  readonly test: TestDatabase;
  readonly login: DatabaseLogin;
  /** Superuser, to set up data and bypass row-level security. */
  readonly admin: pg.Client;
  open(options?: Partial<DatabaseOptions>): Promise<Database>;
  /** A user with a live key and one task in a personal team. */
  addUser(name: string, role?: string): Promise<Session & { readonly title: string }>;
  close(): Promise<void>;
}

export function loginOf(url: string): DatabaseLogin {
  const { hostname, port, pathname, username, password } = new URL(url);
  return { host: hostname, port: Number(port), name: pathname.slice(1), user: username, password, ssl: false };
}

export const POOLS = { max: 4, min: 0, acquireTimeoutMs: 2_000, readHosts: [] };

export async function createFixture(): Promise<Fixture> {
  const test = await createTestDatabase();
  const admin = new pg.Client({ connectionString: test.url });
  await admin.connect();
  const login = loginOf(test.serviceUrl);
  const opened: Database[] = [];
  const open = async (options: Partial<DatabaseOptions> = {}): Promise<Database> => {
    const database = new Database({ login, pools: POOLS, ...options });
    opened.push(database);
    await database.start();
    return database;
  };
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((database) => database.close()));
    await admin.end();
    await test.drop();
  };
  return { test, login, admin, open, addUser: (name, role) => addUser(admin, name, role), close };
}

export async function addUser(
  admin: pg.Client,
  name: string,
  role = 'developer',
): Promise<Session & { title: string }> {
  const hash = createHash('sha256').update(randomUUID()).digest();
  const title = `task of ${name}`;
  const { rows } = await admin.query<{ user_id: string; key_id: string }>(
    `with person as (
       insert into users (username, email, name, role_id)
       select $1::text, $1::text || '@example.com', $1::text, id from user_roles where role_name = $2
       returning id
     ), key as (
       insert into api_keys (user_id, name, prefix, key_hash)
       select id, 'test', 'tm_test', $3 from person
       returning id, user_id
     )
     select user_id, id as key_id from key`,
    [name, role, hash],
  );
  const [row] = rows;
  if (!row) throw new Error(`The role ${role} does not exist.`);
  await admin.query(`insert into tasks (team_id, title) select id, $2 from teams where owner_id = $1 and is_personal`, [
    row.user_id,
    title,
  ]);
  return { ...sessionOf(row.user_id, row.key_id), title };
}

export function sessionOf(userId: string, credentialId: string): Session {
  return {
    userId,
    credentialId,
    scopes: null,
    role: 'developer',
    permissions: [],
    isAdmin: false,
    request: { id: 'req_test', ip: '127.0.0.1', userAgent: null },
    dryRun: false,
    idempotency: null,
    readAfter: null,
  };
}

/** Waits until PostgreSQL shows the expected state, up to a deadline. */
export async function eventually(holds: () => Promise<boolean> | boolean, deadlineMs = 10_000): Promise<boolean> {
  const end = Date.now() + deadlineMs;
  while (!(await holds())) {
    if (Date.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return true;
}

/** The number of sessions of this application that run a statement containing the text. */
export async function running(admin: pg.Client, text: string): Promise<number> {
  const { rows } = await admin.query<{ n: number }>(
    `select count(*)::int as n
       from pg_stat_activity
      where datname = current_database()
        and state = 'active'
        and pid <> pg_backend_pid()
        and position($1 in query) > 0`,
    [text],
  );
  return rows[0]?.n ?? 0;
}
