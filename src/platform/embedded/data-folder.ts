import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { access, chmod, constants, mkdir, open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { StartupProblem } from '../faults/startup-problem.js';

/** Generated once for each data folder, so that an embedded start needs no configuration. */
export interface EmbeddedSecrets {
  readonly superuserPassword: string;
  readonly servicePassword: string;
  readonly jwtSecret: string;
  readonly refreshSecret: string;
}

export interface DataFolder {
  readonly path: string;
  readonly cluster: string;
  readonly log: string;
  readonly lock: string;
  readonly port: string;
}

/** Creates the folder if it is missing. Throws one sentence when it cannot be used. */
export async function openDataFolder(dataDir: string): Promise<DataFolder> {
  const wanted = resolve(dataDir);
  try {
    if (!existsSync(wanted)) {
      await makeFolder(wanted);
      // Others may enter but not list it, because under root PostgreSQL runs as another user.
      await chmod(wanted, process.getuid?.() === 0 ? 0o711 : 0o700);
    }
    await access(wanted, constants.R_OK | constants.W_OK | constants.X_OK);
    const path = await realpath(wanted);
    await writeSafely(join(path, '.writable'), '');
    await rm(join(path, '.writable'));
    const inside = (name: string): string => join(path, name);
    return {
      path,
      cluster: inside('pg'),
      log: inside('postgres.log'),
      lock: inside('lock.json'),
      port: inside('port'),
    };
  } catch (cause) {
    throw new StartupProblem(
      `The data folder ${wanted} cannot be written (${why(cause)}); make it writable for this user or set TASKMASTER_DATA to another folder.`,
      { cause },
    );
  }
}

export async function loadSecrets({ path }: DataFolder, isNew: boolean): Promise<EmbeddedSecrets> {
  const file = join(path, 'secrets.json');
  if (existsSync(file)) return readSecrets(file);
  if (!isNew) {
    throw new StartupProblem(
      `The database in ${path} is there but its passwords in ${file} are missing; restore that file.`,
    );
  }
  const fresh = () => randomBytes(32).toString('base64url');
  const secrets = { superuserPassword: fresh(), servicePassword: fresh(), jwtSecret: fresh(), refreshSecret: fresh() };
  await writeSafely(file, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}

export async function rememberedPort({ port }: DataFolder): Promise<number | null> {
  const text = await readFile(port, 'utf8').catch(() => '');
  return /^\d{4,5}\s*$/.test(text) ? Number(text) : null;
}

export async function rememberPort({ port }: DataFolder, value: number): Promise<void> {
  await writeSafely(port, `${value}\n`);
}

async function readSecrets(file: string): Promise<EmbeddedSecrets> {
  try {
    const found = JSON.parse(await readFile(file, 'utf8')) as Partial<EmbeddedSecrets>;
    const { superuserPassword, servicePassword, jwtSecret, refreshSecret } = found;
    if (superuserPassword && servicePassword && jwtSecret && refreshSecret) {
      return { superuserPassword, servicePassword, jwtSecret, refreshSecret };
    }
  } catch (cause) {
    throw new StartupProblem(`The file ${file} cannot be read (${why(cause)}); restore it from a backup.`, { cause });
  }
  throw new StartupProblem(`The file ${file} is incomplete; restore it from a backup.`);
}

/** `recursive: true` never returns in a folder whose children do not exist, such as /proc. */
async function makeFolder(path: string): Promise<void> {
  if (existsSync(path)) return;
  await makeFolder(dirname(path));
  await mkdir(path);
}

/** Writes a file that only its owner can read, and that is complete or missing after a crash. */
async function writeSafely(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is a file',
  ENOSPC: 'the disk is full',
  ENOENT: 'the path cannot be created',
};

function why(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const { code } = cause as NodeJS.ErrnoException;
  return (code && REASONS[code]) ?? code ?? cause.message;
}
