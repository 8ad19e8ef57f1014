import { readFileSync, readdirSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second; one run burns hundreds of them. */
const MICROSECONDS_PER_TICK = 10_000;

function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the process may hold spaces and parentheses, so count from its end.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const number = (place) => Number(fields[place]);
    return { parent: number(1), own: number(11) + number(12), ofEnded: number(13) + number(14) };
  } catch {
    return null;
  }
}

/** Processor time of one process so far, in microseconds; null where there is no /proc. */
export function cpuOf(pid) {
  const stat = statOf(pid);
  return stat && stat.own * MICROSECONDS_PER_TICK;
}

/** The same of a process, its children, and the children that have ended: a whole PostgreSQL server. */
export function cpuOfTree(pid) {
  const readings = [ticksOfTree(pid), ticksOfTree(pid)];
  // A child that ends while it is read is in neither sum: runs of one connection then cost almost nothing. The time only
  // grows, and the second reading has that child among the ended ones.
  return readings.includes(null) ? null : Math.max(...readings) * MICROSECONDS_PER_TICK;
}

function ticksOfTree(pid) {
  const root = statOf(pid);
  if (!root) return null;
  let ticks = root.own + root.ofEnded;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = statOf(name);
    if (stat?.parent === pid) ticks += stat.own;
  }
  return ticks;
}

/** Resident memory of one process in bytes, or null. */
export function residentBytes(pid) {
  try {
    const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return line ? Number(line[1]) * 1024 : null;
  } catch {
    return null;
  }
}
