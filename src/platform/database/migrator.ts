import type { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { DataSource, MigrationExecutor } from 'typeorm';
import type { QueryRunner } from 'typeorm';
import type { DatabaseLogin } from '../config/config.js';
import { loginConfig } from './endpoint.js';
import { applyFiles, changedFiles, recordFiles } from './function-files.js';
import type { IncludedFile, MigrationFile } from './migration-files.js';
import { migrationClass, MIGRATIONS_FOLDER, readMigrations } from './migration-files.js';
import { refuseUnreleased } from './unreleased-schema.js';

export interface MigratorOptions {
  readonly folder?: string;
  /** How long to wait for another instance that is migrating. */
  readonly lockDeadlineMs?: number;
  /** The version of this build. Functions applied by a newer build stay as they are. */
  readonly version?: string;
}

// An arbitrary number, which all instances share.
const LOCK = 7_281_946_355;
const LOCK_DEADLINE_MS = 120_000;
const LOCK_POLL_MS = 100;
const CONNECT_MS = 10_000;

// The files check `app.migrator`: through psql they insert themselves into the table, but here TypeORM does it.
const SESSION_OPTIONS = '-c app.migrator=typeorm -c timezone=UTC -c lock_timeout=10s';

// From the first migration on, tm_owner owns the table, so a login that does not inherit it must switch to it.
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
 * Runs the missing migrations, each in its own transaction, and applies changed functions again. Returns the names of
 * all of them. Any number of instances may start at once: one migrates, and the others wait and find nothing to do.
 */
export function migrate(login: DatabaseLogin, options: MigratorOptions = {}): Promise<string[]> {
  return withExecutor(login, options, async (executor, runner, files) => {
    const done = await executor.executePendingMigrations();
    const changed = await changedFiles(runner, await filesInUse(executor, files), options.version ?? null);
    await applyFiles(runner, changed, options.version ?? null);
    return [...done.map((migration) => migration.name), ...changed.map((file) => file.path)];
  });
}

/** Reverts the last migrations, newest first, and returns their names. */
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

/** The names of missing migrations and changed functions, without applying them. */
export function pending(login: DatabaseLogin, options: MigratorOptions = {}): Promise<string[]> {
  return withExecutor(login, options, async (executor, runner, files) => {
    const missing = await executor.getPendingMigrations();
    const changed = await changedFiles(runner, await filesInUse(executor, files), options.version ?? null);
    return [...missing.map((migration) => migration.name), ...changed.map((file) => file.path)];
  });
}

/** The files that the applied migrations of this database include. */
async function filesInUse(executor: MigrationExecutor, files: readonly MigrationFile[]): Promise<IncludedFile[]> {
  const executed = new Set((await executor.getExecutedMigrations()).map((migration) => migration.name));
  return files.filter((file) => executed.has(file.name)).flatMap((file) => file.includes);
}

async function withExecutor<T>(
  login: DatabaseLogin,
  options: MigratorOptions,
  work: (executor: MigrationExecutor, runner: QueryRunner, files: readonly MigrationFile[]) => Promise<T>,
): Promise<T> {
  const files = await readMigrations(options.folder ?? MIGRATIONS_FOLDER);
  const source = await connect(login, files, options.version ?? null);
  let ended: Promise<unknown> = Promise.resolve();
  try {
    const runner = source.createQueryRunner();
    const client = (await runner.connect()) as EventEmitter;
    ended = new Promise((resolve) => client.once('end', resolve));
    await lock(runner, options.lockDeadlineMs ?? LOCK_DEADLINE_MS);
    await runner.query(AS_OWNER_OF_TABLE);
    await refuseUnreleased(runner);
    const executor = new MigrationExecutor(source, runner);
    executor.transaction = 'each';
    const result = await work(executor, runner, files);
    await runner.release();
    return result;
  } finally {
    // Ends the session and thereby its lock. TypeORM's pool would not wait for the connection to end.
    await source.destroy();
    await ended;
  }
}

async function connect(
  login: DatabaseLogin,
  files: readonly MigrationFile[],
  version: string | null,
): Promise<DataSource> {
  const source = new DataSource({
    type: 'postgres',
    schema: 'public',
    migrations: files.map((file) => migrationClass(file, (...run) => runFile(version, ...run))),
    migrationsTableName: 'migrations',
    installExtensions: false,
    logging: false,
    // TypeORM's default logger prints failed migrations, but the caller already gets the error.
    logger: 'debug',
    // A single connection, because the lock belongs to the session that migrates.
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

async function runFile(
  version: string | null,
  runner: QueryRunner,
  sql: string,
  includes: readonly IncludedFile[],
): Promise<void> {
  await runner.query('reset role');
  await runner.query(sql);
  await runner.query(AS_OWNER_OF_TABLE);
  await recordFiles(runner, includes, version);
}

/** Polls instead of waiting: a waiting statement would hold a snapshot that blocks the other instance. */
async function lock(runner: QueryRunner, deadlineMs: number): Promise<void> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const [row] = (await runner.query(`select pg_try_advisory_lock(${LOCK}) as taken`)) as { taken: boolean }[];
    if (row?.taken) return;
    if (Date.now() > end) throw new Error('Another instance has been migrating this database for too long.');
    await delay(LOCK_POLL_MS);
  }
}
