import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Binaries } from './binaries.js';
import { ENVIRONMENT, lastProblem } from './cluster.js';
import type { RunAs } from './postgres-user.js';
import { commandLine, isAlive, isTaken } from './processes.js';

const POLL_MS = 25;
const MAX_LOG_BYTES = 8 * 1024 * 1024;

export interface PostmasterOptions {
  readonly dir: string;
  readonly port: number;
  readonly binaries: Binaries;
  readonly runAs: RunAs;
  readonly logFile: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** A running PostgreSQL server. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly exited: Promise<void>;
}

/** The server has exited before it accepted connections; `reason` is its last error. */
export class PostmasterEnded extends Error {
  constructor(readonly reason: string) {
    super(`PostgreSQL ended while starting: ${reason}`);
  }
}

/**
 * Starts a server in its own session. Ctrl-C in a terminal reaches the whole foreground group, but the database must
 * outlive the draining service. It logs to a file, so it also survives a killed service.
 */
export async function startPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  removePidOfNoServer(options.dir);
  rotate(options.logFile);
  const settings = Object.entries({ port: String(options.port), ...options.settings });
  const parameters = ['-D', options.dir, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const { command, args, identity } = options.runAs(options.binaries.postgres, parameters);
  const log = openSync(options.logFile, 'a', 0o600);
  const logStart = statSync(options.logFile).size;
  const child = spawn(command, args, {
    ...identity,
    cwd: '/',
    detached: true,
    env: ENVIRONMENT,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  const exited = new Promise<void>((done) => child.once('error', () => done()).once('exit', () => done()));
  const postmaster = { pid: child.pid ?? 0, port: options.port, exited };
  if (await isReady(options.dir, postmaster)) return postmaster;
  const complaints = readFileSync(options.logFile).subarray(logStart).toString();
  throw new PostmasterEnded(lastProblem(complaints) ?? 'it gave no reason');
}

/** The server that a killed service has left running on this folder, once it accepts connections, or null. */
export async function adoptPostmaster(dir: string): Promise<Postmaster | null> {
  const found = readPidFile(dir);
  if (!found || !isServer(found.pid, dir)) return null;
  const postmaster = { ...found, exited: ended(found.pid) };
  return (await isReady(dir, postmaster)) ? postmaster : null;
}

/** Stops the server with a fast shutdown, and kills it after a deadline; it recovers from its WAL. */
export async function stopPostmaster(
  { pid, exited }: Pick<Postmaster, 'pid' | 'exited'>,
  patienceMs = 30_000,
): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!send(pid, signal)) break;
    const timer = new AbortController();
    const timeout = delay(patienceMs, 'late', { signal: timer.signal }).catch(() => 'ended');
    const outcome = await Promise.race([exited, timeout]);
    timer.abort();
    if (outcome !== 'late') return;
  }
  await exited;
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Waits for the status line of postmaster.pid, as pg_ctl does, which needs no login. */
async function isReady(dir: string, postmaster: Pick<Postmaster, 'pid' | 'exited'>): Promise<boolean> {
  const gone = new AbortController();
  void postmaster.exited.then(() => gone.abort());
  while (!gone.signal.aborted) {
    const file = readPidFile(dir);
    if (file?.pid === postmaster.pid && file.status === 'ready') return true;
    await delay(POLL_MS);
  }
  return false;
}

async function ended(pid: number): Promise<void> {
  // An adopted server is not a child process, so its exit has to be polled. The timer does not keep the process alive.
  while (isAlive(pid)) await delay(100, undefined, { ref: false });
}

interface PidFile {
  readonly pid: number;
  readonly port: number;
  readonly status: string;
}

/**
 * What the server of a folder says of itself; null without a server. The server creates the file, then writes it, and may
 * remove it at any moment, also between a check for its existence and the reading.
 */
export function readPidFile(dir: string): PidFile | null {
  const lines = textOf(join(dir, 'postmaster.pid')).split('\n');
  const pid = Number(lines[0]);
  return pid === 0 ? null : { pid, port: Number(lines[3]), status: (lines[7] ?? '').trim() };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/**
 * Removes the pid file of a crashed server when its process id belongs to another program, above all in containers, where
 * ids start at 1 again: PostgreSQL would refuse to start. It finds surviving backends without the file, by shared memory
 * that is named after the folder. The file of a free id is left alone.
 */
function removePidOfNoServer(dir: string): void {
  const found = readPidFile(dir);
  if (found && isTaken(found.pid) && !isServer(found.pid, dir)) rmSync(join(dir, 'postmaster.pid'));
}

function isServer(pid: number, dir: string): boolean {
  const command = commandLine(pid);
  return command !== null && command.includes('postgres') && command.includes(dir);
}

function rotate(logFile: string): void {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MAX_LOG_BYTES) renameSync(logFile, `${logFile}.1`);
}
