import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Whether the id is in use, even by a zombie. */
export function isTaken(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Whether a process with this id runs. Zombies do not: in a container whose first process never reaps, they would seem to
 * run for ever.
 */
export function isAlive(pid: number): boolean {
  return isTaken(pid) && !['Z', 'X'].includes(statFields(pid)?.[STATE] ?? '');
}

/** Indexes of the fields in /proc/<pid>/stat after the name of the program (proc(5)). */
const STATE = 0;
const START_TIME = 19;

/** Reads the fields of /proc/<pid>/stat from the state on; null without such a file. */
function statFields(pid: number): string[] | null {
  const stat = readOrNull(`/proc/${pid}/stat`);
  // The second field is the name of the program in brackets, and may contain spaces and brackets.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? null;
}

/** Distinguishes this process from a later one with the same id; null when there is no such process. */
export function startTime(pid: number): string | null {
  if (!isAlive(pid)) return null;
  if (!existsSync('/proc/self/stat')) return ask(pid, 'lstart=');
  const fields = statFields(pid);
  if (fields === null) return null;
  return `${readOrNull('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}:${fields[START_TIME] ?? ''}`;
}

/** The command line of a process, or null. */
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
