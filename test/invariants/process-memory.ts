import { readFile, writeFile } from 'node:fs/promises';

const MIB = 1024 * 1024;

async function statusOf(pid: number, name: string): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) / 1024;
}

/** MiB by which the memory of a process grows at most while the work runs. Linux counts the peak, so no sample misses it. */
export async function growthOfMemory(pid: number, work: () => Promise<void>): Promise<number> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
  const before = await statusOf(pid, 'VmRSS');
  await work();
  return (await statusOf(pid, 'VmHWM')) - before;
}

export const mebibytes = (count: number): number => count * MIB;
