import { spawn, spawnSync } from 'node:child_process';
import { appendFile, chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { DatabaseLogin } from '../../src/platform/config/config.js';
import { migrate } from '../../src/platform/database/migrator.js';
import { findBinaries } from '../../src/platform/embedded/binaries.js';
import { createCluster } from '../../src/platform/embedded/cluster.js';
import { freePort } from '../../src/platform/embedded/ports.js';
import { startPostmaster } from '../../src/platform/embedded/postmaster.js';
import type { Postmaster } from '../../src/platform/embedded/postmaster.js';
import { postgresUser, runAs } from '../../src/platform/embedded/postgres-user.js';

const PASSWORD = 'test';
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '16MB',
  fsync: 'off',
  autovacuum: 'off',
};

/** A primary and a standby that streams from it. */
export interface ReplicaCluster {
  readonly login: DatabaseLogin;
  readonly standbyPort: number;
  readonly primary: pg.Client;
  readonly standby: pg.Client;
  stop(): Promise<void>;
}

export async function startReplicaCluster(): Promise<ReplicaCluster> {
  const base = await mkdtemp(join(tmpdir(), 'taskmaster-replica-'));
  await chmod(base, 0o711);
  const release = guard(base);
  const start = await serverStarter(base);
  const primary = await start.primary();
  const login = loginAt(primary.port, 'taskmaster');
  await migrate(loginAt(primary.port, 'postgres'));
  const admin = await clientAt(primary.port);
  for (const role of ['tm_app_rw', 'tm_app_ro', 'tm_analytics', 'tm_background', 'tm_admin']) {
    await admin.query(`grant ${role} to taskmaster with inherit false, set true`);
  }
  const standby = await start.standby(admin, primary.port);
  const standbyAdmin = await clientAt(standby.port);
  const stop = async (): Promise<void> => {
    await Promise.all([admin.end(), standbyAdmin.end()]);
    for (const server of [standby, primary]) {
      process.kill(server.pid, 'SIGINT');
      await server.exited;
    }
    release();
    await rm(base, { recursive: true, force: true });
  };
  return { login, standbyPort: standby.port, primary: admin, standby: standbyAdmin, stop };
}

function loginAt(port: number, user: string): DatabaseLogin {
  return { host: '127.0.0.1', port, name: 'taskmaster', user, password: PASSWORD, ssl: false };
}

async function clientAt(port: number): Promise<pg.Client> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: PASSWORD,
    database: 'taskmaster',
  });
  await client.connect();
  return client;
}

async function serverStarter(base: string) {
  const dir = join(base, 'primary');
  const copy = join(base, 'standby');
  const [binaries, user] = await Promise.all([findBinaries(), postgresUser(dir)]);
  const as = await runAs(user, [dir, binaries.postgres]);
  const boot = async (folder: string, settings: Record<string, string>): Promise<Postmaster> => {
    const logFile = join(base, 'postgres.log');
    return startPostmaster({ dir: folder, port: await freePort(), binaries, runAs: as, logFile, settings });
  };
  const give = async (name: string, content: string): Promise<void> => {
    await writeFile(join(copy, name), content);
    if (user) await chown(join(copy, name), user.uid, user.gid);
  };
  const primary = async (): Promise<Postmaster> => {
    const passwords = { superuserPassword: PASSWORD, servicePassword: PASSWORD };
    await createCluster({ dir, binaries, user, runAs: as, ...passwords, durable: false });
    await appendFile(join(dir, 'pg_hba.conf'), 'host replication all 127.0.0.1/32 scram-sha-256\n');
    return boot(dir, SETTINGS);
  };
  const standby = async (admin: pg.Client, port: number): Promise<Postmaster> => {
    await admin.query(`select pg_backup_start('standby', true)`);
    spawnSync('cp', ['-a', dir, copy]);
    const { rows } = await admin.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    await rm(join(copy, 'postmaster.pid'));
    await give('backup_label', rows[0]?.labelfile ?? '');
    await give('standby.signal', '');
    const source = `host=127.0.0.1 port=${port} user=postgres password=${PASSWORD}`;
    return boot(copy, { ...SETTINGS, primary_conninfo: source });
  };
  return { primary, standby };
}

/** Stops the servers and removes their folder when this process ends, even if killed. */
function guard(base: string): () => void {
  const script =
    'cat > /dev/null; for d in "$0"/standby "$0"/primary; do read -r pid < "$d/postmaster.pid" && kill -QUIT "$pid"; done; rm -rf "$0"';
  const child = spawn('sh', ['-c', script, base], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.unref();
  return () => child.kill();
}
