import { setTimeout as delay } from 'node:timers/promises';
import type { Binaries } from './binaries.js';
import { findBinaries } from './binaries.js';
import { clusterVersion, createCluster, DATABASE, removeStaging, SERVICE_LOGIN, SUPERUSER } from './cluster.js';
import type { DataFolder, EmbeddedSecrets } from './data-folder.js';
import { loadSecrets, openDataFolder, rememberedPort, rememberPort } from './data-folder.js';
import { takeInstanceLock } from './instance-lock.js';
import { freePort, isPortFree, LOOPBACK } from './ports.js';
import type { RunAs } from './postgres-user.js';
import { postgresUser, runAs } from './postgres-user.js';
import type { Postmaster } from './postmaster.js';
import { adoptPostmaster, PostmasterEnded, startPostmaster } from './postmaster.js';
import { EMBEDDED_SETTINGS } from './settings.js';
import { StartupProblem } from '../faults/startup-problem.js';
import type { Log } from './supervisor.js';
import { Supervisor } from './supervisor.js';

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly log?: Log;
  /** Called when the data folder belongs to this process and can be used, before PostgreSQL starts. */
  readonly admitted?: () => void;
}

export interface EmbeddedDatabase {
  /** The owner of the cluster, for migrations. */
  readonly superuserUrl: string;
  /** The login of the service, which has no rights until roles are granted to it. */
  readonly serviceUrl: string;
  readonly port: number;
  readonly secrets: EmbeddedSecrets;
  /** The absolute path of the data folder. */
  readonly dataDir: string;
  /** Stops the server and releases the data folder. */
  stop(): Promise<void>;
}

interface Server {
  readonly dir: string;
  readonly binaries: Binaries;
  readonly runAs: RunAs;
  readonly logFile: string;
}

const START_ATTEMPTS = 20;
const PAUSE_MS = 250;

/** Starts the PostgreSQL of a data folder, or adopts the running one, and keeps it running until `stop`. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const { log = () => undefined } = options;
  const folder = await openDataFolder(options.dataDir);
  const release = await takeInstanceLock(folder.lock, folder.path);
  try {
    const binaries = await findBinaries();
    const isNew = await isNewCluster(folder, binaries);
    const secrets = await loadSecrets(folder, isNew);
    options.admitted?.();
    const server = await prepareCluster(folder, binaries, secrets, isNew);
    const adopted = await adoptPostmaster(server.dir);
    if (adopted) log(`Found PostgreSQL still running (process ${adopted.pid}).`);
    const first = adopted ?? (await startOnFreePort(server, await rememberedPort(folder)));
    await rememberPort(folder, first.port);
    const again = (): Promise<Postmaster> => startPostmaster(withPort(server, first.port));
    return describe(folder, secrets, first.port, new Supervisor(first, again, log), release);
  } catch (error) {
    await release();
    throw error;
  }
}

async function isNewCluster(folder: DataFolder, { major }: Binaries): Promise<boolean> {
  const found = await clusterVersion(folder.cluster);
  if (found === null || found === major) return found === null;
  throw new StartupProblem(
    `The data folder ${folder.path} holds a PostgreSQL ${found} database and this version runs PostgreSQL ${major}; ` +
      `move the data with pg_dump, or set TASKMASTER_DATA to another folder.`,
  );
}

async function prepareCluster(
  folder: DataFolder,
  binaries: Binaries,
  secrets: EmbeddedSecrets,
  isNew: boolean,
): Promise<Server> {
  const dir = folder.cluster;
  const user = await postgresUser(dir);
  const as = await runAs(user, [dir, binaries.postgres]);
  await removeStaging(dir);
  if (isNew) await createCluster({ dir, binaries, user, runAs: as, ...secrets });
  return { dir, binaries, runAs: as, logFile: folder.log };
}

async function startOnFreePort(server: Server, remembered: number | null): Promise<Postmaster> {
  let port = remembered !== null && (await isPortFree(remembered)) ? remembered : await freePort();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startPostmaster(withPort(server, port));
    } catch (error) {
      if (!(error instanceof PostmasterEnded)) throw error;
      // The port was taken meanwhile, or backends of a killed server are still exiting.
      const passing = /could not create any TCP|still in use/.test(error.reason);
      if (!passing || attempt === START_ATTEMPTS) {
        throw new StartupProblem(`PostgreSQL does not start: ${error.reason}; its log is ${server.logFile}.`, {
          cause: error,
        });
      }
      await delay(PAUSE_MS);
      if (!(await isPortFree(port))) port = await freePort();
    }
  }
}

function withPort(server: Server, port: number): Parameters<typeof startPostmaster>[0] {
  return { ...server, port, settings: EMBEDDED_SETTINGS };
}

function describe(
  folder: DataFolder,
  secrets: EmbeddedSecrets,
  port: number,
  supervisor: Supervisor,
  release: () => Promise<void>,
): EmbeddedDatabase {
  const url = (login: string, password: string): string =>
    `postgres://${login}:${password}@${LOOPBACK}:${port}/${DATABASE}`;
  let stopped: Promise<void> | null = null;
  return {
    superuserUrl: url(SUPERUSER, secrets.superuserPassword),
    serviceUrl: url(SERVICE_LOGIN, secrets.servicePassword),
    port,
    secrets,
    dataDir: folder.path,
    stop: () => (stopped ??= supervisor.stop().then(release)),
  };
}
