import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { startTime } from './processes.js';
import { StartupProblem } from '../faults/startup-problem.js';

interface Holder {
  readonly pid: number;
  readonly startTime: string;
}

/**
 * Admits one service per data folder. The holder is identified by process id and start time, because ids are reused: the
 * lock of a killed service must neither outlive it nor pass to the program that got its id.
 */
export async function takeInstanceLock(file: string, folder: string): Promise<() => Promise<void>> {
  const mine = JSON.stringify({ pid: process.pid, startTime: startTime(process.pid) });
  while (!(await place(file, mine))) {
    const theirs = await readFile(file, 'utf8').catch(() => null);
    if (theirs === null) continue;
    const holder = parse(theirs);
    if (holder && isRunning(holder)) {
      throw new StartupProblem(
        `Another TaskMaster (process ${holder.pid}) already uses the data folder ${folder}; stop it first or set TASKMASTER_DATA to another folder.`,
      );
    }
    await removeStale(file, theirs);
  }
  return async () => {
    if ((await readFile(file, 'utf8').catch(() => null)) === mine) await rm(file, { force: true });
  };
}

/** A hard link to a complete file is created atomically and never replaces one, so nobody reads half a lock. */
async function place(file: string, text: string): Promise<boolean> {
  const draft = besides(file);
  await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Two starts may find the same stale lock; the slower one must not remove the new lock of the faster one. */
async function removeStale(file: string, stale: string): Promise<void> {
  const aside = besides(file);
  try {
    await rename(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) !== stale) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

function isRunning(holder: Holder): boolean {
  const started = startTime(holder.pid);
  return started !== null && started === holder.startTime;
}

function parse(text: string): Holder | null {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return null;
  }
}

function besides(file: string): string {
  return `${file}.${randomBytes(6).toString('hex')}`;
}
