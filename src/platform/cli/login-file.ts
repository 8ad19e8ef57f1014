import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CommandFailure, EXIT } from './exit.js';

/** What `taskmaster login` keeps of a service. */
export interface StoredLogin {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const LOCK_WITHIN_MS = 15_000;
/** A lock this old, in milliseconds, is of a process that was killed: a renewal has 10 s. */
const LOCK_STALE_MS = 12_000;

function folderOf(env: Environment): string {
  const config = env['XDG_CONFIG_HOME'] ?? env['APPDATA'] ?? join(env['HOME'] ?? homedir(), '.config');
  return join(config, 'taskmaster');
}

/** The logins of the user of this computer, by the URL of the service, in a file that only they can read. */
export class LoginFile {
  readonly #folder: string;
  readonly #path: string;

  constructor(env: Environment) {
    this.#folder = folderOf(env);
    this.#path = join(this.#folder, 'login.json');
  }

  async read(url: string): Promise<StoredLogin | null> {
    return (await this.#all())[url] ?? null;
  }

  /** Null forgets it. */
  async write(url: string, login: StoredLogin | null): Promise<void> {
    const { [url]: _old, ...others } = await this.#all();
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    // Written beside it and renamed, so that a reader never finds half a file, and with the mode from the start.
    const draft = `${this.#path}.${process.pid}`;
    await rm(draft, { force: true });
    await writeFile(draft, JSON.stringify(login === null ? others : { ...others, [url]: login }), { mode: 0o600 });
    await rename(draft, this.#path);
  }

  /** A refresh token works once, so that two commands at the same moment must not both use it. */
  async locked<T>(run: () => Promise<T>): Promise<T> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const lock = `${this.#path}.lock`;
    const end = Date.now() + LOCK_WITHIN_MS;
    while (!(await isMade(lock))) {
      const age = await stat(lock).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => 0,
      );
      if (age > LOCK_STALE_MS) await rm(lock, { force: true });
      if (Date.now() > end) throw new CommandFailure(`${lock} is in the way; remove it.`, EXIT.unavailable);
      await delay(50);
    }
    try {
      return await run();
    } finally {
      await rm(lock, { force: true });
    }
  }

  async #all(): Promise<Readonly<Record<string, StoredLogin>>> {
    try {
      return JSON.parse(await readFile(this.#path, 'utf8')) as Record<string, StoredLogin>;
    } catch {
      return {};
    }
  }
}

async function isMade(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx', 0o600)).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
