import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { startTime } from './processes.js';
import { StartupProblem } from './startup-problem.js';

interface Holder {
  readonly pid: number;
  readonly startTime: string;
}

/**
 * One service for each data folder. The holder is named by process id and start time, because ids are used again: the
 * lock of a killed service must not outlive it, nor pass to the program that got its id.
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

/** A link to a finished file appears whole and only where nothing is, so no one ever reads half a lock. */
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

/** Two starts may find the same stale lock; the slower one must not throw away what the faster one has placed since. */
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
