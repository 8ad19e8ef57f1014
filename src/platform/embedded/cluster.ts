import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Binaries } from './binaries.js';
import type { PostgresUser, RunAs } from './postgres-user.js';
import { StartupProblem } from '../faults/startup-problem.js';

export const SUPERUSER = 'postgres';
export const SERVICE_LOGIN = 'taskmaster';
export const DATABASE = 'taskmaster';

export interface NewCluster {
  readonly dir: string;
  readonly binaries: Binaries;
  readonly user: PostgresUser | null;
  readonly runAs: RunAs;
  readonly superuserPassword: string;
  readonly servicePassword: string;
  /** Skips waiting for the disk, for tests that delete their cluster. */
  readonly durable?: boolean;
}

// Loopback with a password for every user; there is no Unix socket.
const HBA = 'host all all 127.0.0.1/32 scram-sha-256\n';

/**
 * Creates a cluster with its logins and its database next to the final folder, and renames it in one step. An interrupted
 * first run therefore leaves nothing that the next one could mistake for a database.
 */
export async function createCluster(cluster: NewCluster): Promise<void> {
  const parent = dirname(cluster.dir);
  const staging = join(parent, `${stagingPrefix(cluster.dir)}${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(staging, { mode: 0o700 });
    if (cluster.user) await chown(staging, cluster.user.uid, cluster.user.gid);
    await initialise(cluster, staging);
    await rename(staging, cluster.dir);
    if (cluster.durable !== false) await syncFolder(parent);
  } catch (error) {
    await removeFolder(staging);
    throw error;
  }
}

/**
 * Removes the remains of interrupted first runs; the caller holds the instance lock. An initdb that has outlived its killed
 * service may still write there; then the next start removes the folder.
 */
export async function removeStaging(dir: string): Promise<void> {
  const left = (await readdir(dirname(dir))).filter((name) => name.startsWith(stagingPrefix(dir)));
  await Promise.all(left.map((name) => removeFolder(join(dirname(dir), name))));
}

/** The major version of the files in the folder, or null when it is missing or empty. */
export async function clusterVersion(dir: string): Promise<string | null> {
  if (!existsSync(dir)) return null;
  const names = await readdir(dir);
  if (names.length === 0) return null;
  if (!names.includes('PG_VERSION')) {
    throw new StartupProblem(
      `The folder ${dir} is not empty and holds no PostgreSQL database; move it away or set TASKMASTER_DATA to another folder.`,
    );
  }
  return (await readFile(join(dir, 'PG_VERSION'), 'utf8')).trim();
}

async function initialise(cluster: NewCluster, staging: string): Promise<void> {
  const { initdb, postgres } = cluster.binaries;
  await run(cluster, initdb, [
    ...[`--pgdata=${staging}`, `--username=${SUPERUSER}`, '--auth=reject', '--no-instructions'],
    ...['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
    ...(cluster.durable === false ? ['--no-sync'] : []),
  ]);
  await writeFile(join(staging, 'pg_hba.conf'), HBA);
  await run(cluster, postgres, ['--single', '-j', '-D', staging, ...fsync(cluster), 'postgres'], logins(cluster));
}

function fsync(cluster: NewCluster): string[] {
  return cluster.durable === false ? ['-c', 'fsync=off'] : [];
}

/**
 * Statements for the single-user mode. They go through a pipe, so that no password appears in a process list or log.
 */
function logins({ superuserPassword, servicePassword }: NewCluster): string {
  return [
    `alter role ${SUPERUSER} password ${quote(superuserPassword)}`,
    `create role ${SERVICE_LOGIN} login noinherit password ${quote(servicePassword)}`,
    `create database ${DATABASE}`,
  ]
    .map((statement) => `${statement};\n\n`)
    .join('');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

async function run(cluster: NewCluster, program: string, parameters: readonly string[], input = ''): Promise<void> {
  const { command, args, identity } = cluster.runAs(program, parameters);
  // PostgreSQL changes to the folder it was started in, which its user may not be allowed to enter.
  const child = spawn(command, args, {
    ...identity,
    cwd: '/',
    env: ENVIRONMENT,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  child.stdin.on('error', () => undefined).end(input);
  const code = await new Promise<number | null>((done, fail) => child.once('error', fail).once('close', done));
  // The single-user mode exits with 0 even when a statement has failed.
  if (code === 0 && !/^\S.*(ERROR|FATAL|PANIC):/m.test(complaints)) return;
  const reason = lastProblem(complaints) ?? `it ended with ${code ?? 'a signal'}`;
  throw new StartupProblem(`The database could not be created (${basename(program)}): ${reason}.`);
}

/** The last error in the output of PostgreSQL without its timestamp, or null. */
export function lastProblem(log: string): string | null {
  const found = [...log.matchAll(/(?:ERROR|FATAL|PANIC|error):\s+(.+)/g)].at(-1)?.[1];
  return found?.trim().replace(/\.$/, '') ?? null;
}

/** An environment without PGPORT, PGDATA and locales of the operator, which would change what is started. */
export const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C',
  LC_ALL: 'C',
};

async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
}

function stagingPrefix(dir: string): string {
  return `${basename(dir)}.new-`;
}

async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r');
  await folder.sync().finally(() => folder.close());
}
