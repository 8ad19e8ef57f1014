import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from '../../src/platform/embedded/binaries.js';
import { freePort } from '../../src/platform/embedded/ports.js';
import { postgresUser, runAs } from '../../src/platform/embedded/postgres-user.js';
import { startPostmaster, stopPostmaster } from '../../src/platform/embedded/postmaster.js';

const DEBIAN_BIN = '/usr/lib/postgresql/15/bin';

/** Debian's PostgreSQL 15: the oldest version that the migrations support, and the one without uuidv7(). */
export const POSTGRES_15: Binaries = {
  major: '15',
  initdb: join(DEBIAN_BIN, 'initdb'),
  postgres: join(DEBIAN_BIN, 'postgres'),
};

export const PSQL = join(DEBIAN_BIN, 'psql');

export interface PostgresServer {
  readonly host: string;
  readonly port: number;
  /** The connection string of a login without a password. */
  url(login: string, database?: string): string;
  stop(): Promise<void>;
}

interface ServerOptions {
  readonly tls?: { readonly cert: string; readonly key: string };
  /** For postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** PostgreSQL reads a key that nobody else can read. */
async function putTls(dir: string, { cert, key }: NonNullable<ServerOptions['tls']>, user: Owner): Promise<void> {
  for (const [name, text] of Object.entries({ 'server.crt': cert, 'server.key': key })) {
    const path = join(dir, name);
    await writeFile(path, text, { mode: 0o600 });
    if (user) await chown(path, user.uid, user.gid);
  }
}

type Owner = Awaited<ReturnType<typeof postgresUser>>;

/** An empty cluster, for tests of cluster-wide objects: roles, versions, logins without superuser. */
export async function startServer(binaries: Binaries, options: ServerOptions = {}): Promise<PostgresServer> {
  const base = await mkdtemp(join(tmpdir(), 'taskmaster-postgres-'));
  await chmod(base, 0o711);
  const dir = join(base, 'pg');
  const user = await postgresUser(dir);
  const as = await runAs(user, [dir, binaries.postgres]);
  await mkdir(dir, { mode: 0o700 });
  if (user) await chown(dir, user.uid, user.gid);
  const { command, args, identity } = as(binaries.initdb, [
    `--pgdata=${dir}`,
    '--username=postgres',
    '--auth=trust',
    '--no-sync',
  ]);
  await promisify(execFile)(command, args, { ...identity, cwd: '/' });
  const port = await freePort();
  if (options.tls) await putTls(dir, options.tls, user);
  const settings = {
    ...{ listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off' },
    ...(options.tls ? { ssl: 'on' } : {}),
    ...options.settings,
  };
  const postmaster = await startPostmaster({ dir, port, binaries, runAs: as, logFile: join(base, 'log'), settings });
  return {
    host: '127.0.0.1',
    port,
    url: (login, database = 'postgres') => `postgres://${login}@127.0.0.1:${port}/${database}`,
    stop: async () => {
      await stopPostmaster(postmaster);
      await rm(base, { recursive: true });
    },
  };
}
