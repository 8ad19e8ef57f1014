import { spawnSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { readFileSync, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StartupProblem } from '../faults/startup-problem.js';

/** The user that PostgreSQL runs as. It refuses to run as root, so root starts it as another user. */
export interface PostgresUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** A command with the options to run it as the right user and without further rights. */
export interface Invocation {
  readonly command: string;
  readonly args: readonly string[];
  readonly identity: { readonly uid?: number; readonly gid?: number };
}

export type RunAs = (command: string, args: readonly string[]) => Invocation;

export const asMyself: RunAs = (command, args) => ({ command, args, identity: {} });

/**
 * An existing cluster keeps its owner. A new one gets `postgres`, which packages of PostgreSQL create, or `nobody`, which
 * every system has. No user is created.
 */
export async function postgresUser(clusterDir: string): Promise<PostgresUser | null> {
  if (process.getuid?.() !== 0) return null;
  const users = readUsers();
  const owner = existsSync(clusterDir) ? (await stat(clusterDir)).uid : 0;
  const found =
    users.find((user) => user.uid === owner && owner !== 0) ?? byName(users, 'postgres') ?? byName(users, 'nobody');
  if (!found)
    throw new StartupProblem(
      'PostgreSQL does not run as root and there is neither a user postgres nor nobody; start as an ordinary user.',
    );
  return found;
}

/**
 * That user cannot reach a clone in a closed folder (a 0700 home, a `mktemp -d`). Where the kernel allows it, PostgreSQL gets
 * the single capability to enter closed folders; elsewhere the error names the folder.
 */
export async function runAs(user: PostgresUser | null, paths: readonly string[]): Promise<RunAs> {
  if (!user) return asMyself;
  const closed = await firstClosedFolder(user, paths);
  const identity = { uid: user.uid, gid: user.gid };
  if (!closed) return (command, args) => ({ command, args, identity });
  const passage = ['dac_read_search', 'dac_override']
    .map((capability) => passageArguments(user, capability))
    .find(works);
  if (passage) return (command, args) => ({ command: 'setpriv', args: [...passage, command, ...args], identity: {} });
  throw new StartupProblem(
    `PostgreSQL does not run as root, and the user ${user.name} it runs as cannot enter ${closed}; ` +
      `move the project (and TASKMASTER_DATA) to a folder that others may enter, or start as an ordinary user.`,
  );
}

/** The first folder above any of the paths that the user may not enter, or null. */
export async function firstClosedFolder(user: PostgresUser, paths: readonly string[]): Promise<string | null> {
  for (const folder of new Set(paths.flatMap(ancestors))) {
    const { mode, uid, gid } = await stat(folder);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return folder;
  }
  return null;
}

function ancestors(path: string): string[] {
  const parent = dirname(resolve(path));
  return parent === path ? [path] : [...ancestors(parent), parent];
}

function passageArguments(user: PostgresUser, capability: string): string[] {
  const set = `-all,+${capability}`;
  return [
    ...[`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--no-new-privs'],
    // Without it access(2), with which PostgreSQL looks for its own programs, ignores capabilities.
    '--securebits=+no_setuid_fixup',
    ...[`--inh-caps=${set}`, `--ambient-caps=${set}`, `--bounding-set=${set}`],
  ];
}

function works(passage: string[]): boolean {
  return spawnSync('setpriv', [...passage, 'true'], { stdio: 'ignore' }).status === 0;
}

function readUsers(): PostgresUser[] {
  const lines = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8').split('\n') : [];
  return lines
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
}

function byName(users: readonly PostgresUser[], name: string): PostgresUser | undefined {
  return users.find((user) => user.name === name);
}
