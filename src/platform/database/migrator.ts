import type { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { DataSource, MigrationExecutor } from 'typeorm';
import type { QueryRunner } from 'typeorm';
import type { DatabaseLogin } from '../config/config.js';
import { loginConfig } from './endpoint.js';
import { migrationClass, MIGRATIONS_FOLDER, readMigrations } from './migration-files.js';

export interface MigratorOptions {
  readonly folder?: string;
  /** Milliseconds to wait for another instance that is migrating. */
  readonly lockDeadlineMs?: number;
}

// Arbitrary, but the same on every instance.
const LOCK = 7_281_946_355;
const LOCK_DEADLINE_MS = 120_000;
const LOCK_POLL_MS = 100;
const CONNECT_MS = 10_000;

// The files check `app.migrator`: through psql they record themselves in the table, here TypeORM does.
const SESSION_OPTIONS = '-c app.migrator=typeorm -c timezone=UTC -c lock_timeout=10s';

// From the first migration on tm_owner owns the table, and a login that does not inherit has to set that role.
const AS_OWNER_OF_TABLE = `
do $$
begin
  if exists (
    select
    from pg_tables
    where schemaname = 'public'
      and tablename = 'migrations'
      and tableowner = 'tm_owner'
  ) then
    set role tm_owner;
  end if;
end
$$`;

/**
 * Runs pending migrations, each in its own transaction, and returns their names. When several instances start at once, one
 * migrates and the others wait until nothing is left to do.
 */
export function migrate(login: DatabaseLogin, options: MigratorOptions = {}): Promise<string[]> {
  return withExecutor(login, options, async (executor) => {
    const done = await executor.executePendingMigrations();
    return done.map((migration) => migration.name);
  });
}

/** Reverts the last migrations, the newest first, and returns their names. */
export function revert(login: DatabaseLogin, count = 1, options: MigratorOptions = {}): Promise<string[]> {
  return withExecutor(login, options, async (executor) => {
    const undone: string[] = [];
    for (let n = 0; n < count; n++) {
      const [last] = await executor.getExecutedMigrations();
      if (!last) break;
      await executor.undoLastMigration();
      undone.push(last.name);
    }
    return undone;
  });
}

/** Returns the names of pending migrations. */
export function pending(login: DatabaseLogin, options: MigratorOptions = {}): Promise<string[]> {
  return withExecutor(login, options, async (executor) => {
    const missing = await executor.getPendingMigrations();
    return missing.map((migration) => migration.name);
  });
}

async function withExecutor<T>(
  login: DatabaseLogin,
  options: MigratorOptions,
  work: (executor: MigrationExecutor) => Promise<T>,
): Promise<T> {
  const source = await connect(login, options.folder ?? MIGRATIONS_FOLDER);
  let ended: Promise<unknown> = Promise.resolve();
  try {
    const runner = source.createQueryRunner();
    const client = (await runner.connect()) as EventEmitter;
    ended = new Promise((resolve) => client.once('end', resolve));
    await lock(runner, options.lockDeadlineMs ?? LOCK_DEADLINE_MS);
    await runner.query(AS_OWNER_OF_TABLE);
    const executor = new MigrationExecutor(source, runner);
    executor.transaction = 'each';
    const result = await work(executor);
    await runner.release();
    return result;
  } finally {
    // Ends the session and with it the lock; the pool of TypeORM would not wait for that.
    await source.destroy();
    await ended;
  }
}

async function connect(login: DatabaseLogin, folder: string): Promise<DataSource> {
  const files = await readMigrations(folder);
  const source = new DataSource({
    type: 'postgres',
    schema: 'public',
    migrations: files.map((file) => migrationClass(file, runFile)),
    migrationsTableName: 'migrations',
    installExtensions: false,
    logging: false,
    // TypeORM's default logger prints a failed migration, which the caller also gets as an error.
    logger: 'debug',
    // A single connection: the lock belongs to the session that migrates.
    extra: {
      ...loginConfig(login),
      application_name: 'taskmaster migrator',
      connectionTimeoutMillis: CONNECT_MS,
      options: SESSION_OPTIONS,
      max: 1,
    },
  });
  return source.initialize();
}

async function runFile(runner: QueryRunner, sql: string): Promise<void> {
  await runner.query('reset role');
  await runner.query(sql);
  await runner.query(AS_OWNER_OF_TABLE);
}

/** Polls for the lock: a statement that waits for it would hold a snapshot that the migrating instance waits for. */
async function lock(runner: QueryRunner, deadlineMs: number): Promise<void> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const [row] = (await runner.query(`select pg_try_advisory_lock(${LOCK}) as taken`)) as { taken: boolean }[];
    if (row?.taken) return;
    if (Date.now() > end) throw new Error('Another instance has been migrating this database for too long.');
    await delay(LOCK_POLL_MS);
  }
}
