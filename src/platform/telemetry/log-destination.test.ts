import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import type { EventEmitter } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logDestination } from './log-destination.js';

let folder: string;
let file: string;
let destination: ReturnType<typeof logDestination>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taskmaster-log-'));
  file = join(folder, 'log');
  destination = logDestination(openSync(file, 'a'));
});

// It closes its file itself: closed under it, a write that is still on its way would fail in the suite that runs next.
afterEach(async () => {
  const stream = destination as unknown as EventEmitter & { end(): void };
  const closed = new Promise((resolve) => stream.once('close', resolve));
  stream.end();
  await closed;
  rmSync(folder, { recursive: true });
});

const written = (): string => readFileSync(file, 'utf8');
const lines = (count: number): string[] => Array.from({ length: count }, (_, n) => `line ${n} ü\n`);

async function eventuallyHolds(text: string): Promise<void> {
  while (written() !== text) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('the destination of the log', () => {
  it('writes a few lines by itself after a moment', async () => {
    for (const line of lines(3)) destination.write(line);
    expect(written()).toBe('');
    await eventuallyHolds(lines(3).join(''));
  });

  it('keeps the order over many writes, and the end of the process loses none and repeats none', async () => {
    const all = lines(30_000);
    for (const [n, line] of all.entries()) {
      destination.write(line);
      if (n % 5_000 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
    destination.write('last\n');
    await eventuallyHolds(`${all.join('')}last\n`);
    destination.flushSync();
    expect(written()).toBe(`${all.join('')}last\n`);
  });

  it('writes the rest at once on request', () => {
    for (const line of lines(10)) destination.write(line);
    destination.flushSync();
    expect(written()).toBe(lines(10).join(''));
  });

  it('drops lines that nobody reads, and says how many', async () => {
    const megabytes = `${'x'.repeat(3 * 1024 * 1024)}\n`;
    for (let n = 0; n < 5; n++) destination.write(megabytes);
    await eventuallyHolds(`${megabytes}${megabytes}{"level":"warn","msg":"3 log lines dropped"}\n`);
  });

  it('loses nothing when the process exits right after its last line', () => {
    const module = join(import.meta.dirname, 'log-destination.ts');
    const program = `import { logDestination } from '${module}';
      const destination = logDestination(1);
      for (let n = 0; n < 20_000; n++) destination.write(\`line \${n}\\n\`);
      process.exit(0);`;
    const args = ['--no-warnings', '--input-type=module', '--eval', program];
    const output = execFileSync(process.execPath, args, { cwd: import.meta.dirname, maxBuffer: 1e7 }).toString();
    expect(output).toBe(Array.from({ length: 20_000 }, (_, n) => `line ${n}\n`).join(''));
  });
});
