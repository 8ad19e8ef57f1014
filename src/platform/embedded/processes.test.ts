import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { isAlive, startTime } from './processes.js';

describe('a process', () => {
  it('is alive while it runs, and what is no process is not', () => {
    expect(isAlive(process.pid)).toBe(true);
    expect(startTime(process.pid)).toBe(startTime(process.pid));
    for (const pid of [0, -1, 1.5, NaN, 2 ** 30]) expect(isAlive(pid)).toBe(false);
  });

  // Seen to fail: without the look at its state, the one that has ended is alive until its parent is gone.
  it('is not alive once it has ended, also while its parent does not ask how', async () => {
    // The shell becomes a program that has a child and knows nothing of it.
    const parent = spawn('sh', ['-c', 'sleep 600 & echo $!; exec sleep 600'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const [line] = (await once(parent.stdout, 'data')) as [Buffer];
      const child = Number(line.toString());
      expect(isAlive(child)).toBe(true);
      // Before it becomes the other program, the shell asks how its child has ended.
      const name = `/proc/${parent.pid}/comm`;
      while (existsSync(name) && readFileSync(name, 'utf8').trim() !== 'sleep') await delay(5);
      process.kill(child, 'SIGKILL');
      while (isAlive(child)) await delay(5);
      expect(startTime(child)).toBeNull();
      if (existsSync('/proc/self/stat')) expect(existsSync(`/proc/${child}/stat`)).toBe(true);
    } finally {
      parent.kill();
    }
  });
});
