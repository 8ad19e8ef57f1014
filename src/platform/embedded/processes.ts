import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Whether the id is taken: by a process, ours or not, or by what is left of one that has ended (a zombie). */
export function isTaken(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Whether a process with this id runs. One that has ended does not, also while its parent has not asked how: in a
 * container whose first process never asks, it would seem to run for ever.
 */
export function isAlive(pid: number): boolean {
  return isTaken(pid) && !['Z', 'X'].includes(statFields(pid)?.[STATE] ?? '');
}

/** Places in /proc/<pid>/stat behind the name of the program, as proc(5) has them. */
const STATE = 0;
const START_TIME = 19;

/** The fields of /proc/<pid>/stat from the state on; null without such a file. */
function statFields(pid: number): string[] | null {
  const stat = readOrNull(`/proc/${pid}/stat`);
  // The second field is the program's name in brackets and may itself hold spaces and brackets.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? null;
}

/** What distinguishes this process from a later one with the same id, or null when there is no such process. */
export function startTime(pid: number): string | null {
  if (!isAlive(pid)) return null;
  if (!existsSync('/proc/self/stat')) return ask(pid, 'lstart=');
  const fields = statFields(pid);
  if (fields === null) return null;
  return `${readOrNull('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}:${fields[START_TIME] ?? ''}`;
}

/** The command a process was started with, or null. */
export function commandLine(pid: number): string | null {
  if (!existsSync('/proc/self/cmdline')) return ask(pid, 'command=');
  return readOrNull(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ') ?? null;
}

function ask(pid: number, column: string): string | null {
  const { status, stdout } = spawnSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
