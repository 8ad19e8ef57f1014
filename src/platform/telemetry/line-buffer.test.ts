import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LineBuffer } from './line-buffer.js';

let folder: string;
let file: string;
let descriptor: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taskmaster-log-'));
  file = join(folder, 'log');
  descriptor = openSync(file, 'a');
});

afterEach(() => {
  closeSync(descriptor);
  rmSync(folder, { recursive: true });
});

const written = (): string => readFileSync(file, 'utf8');
const lines = (count: number): string[] => Array.from({ length: count }, (_, n) => `line ${n} ü\n`);

async function eventuallyHolds(text: string): Promise<void> {
  while (written() !== text) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('LineBuffer', () => {
  it('writes a few lines by itself after a moment', async () => {
    const buffer = new LineBuffer(descriptor);
    for (const line of lines(3)) buffer.write(line);
    expect(written()).toBe('');
    await eventuallyHolds(lines(3).join(''));
  });

  it('keeps the order over many writes, and the end of the process loses none and repeats none', async () => {
    const buffer = new LineBuffer(descriptor);
    const all = lines(30_000);
    for (const [n, line] of all.entries()) {
      buffer.write(line);
      if (n % 5_000 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
    buffer.write('last\n');
    await eventuallyHolds(`${all.join('')}last\n`);
    buffer.flushSync();
    expect(written()).toBe(`${all.join('')}last\n`);
  });

  it('writes the rest at once when it is told to', () => {
    const buffer = new LineBuffer(descriptor);
    for (const line of lines(10)) buffer.write(line);
    buffer.flushSync();
    expect(written()).toBe(lines(10).join(''));
  });

  it('drops lines that nobody reads, and says how many', () => {
    const buffer = new LineBuffer(descriptor);
    buffer.write(`${'x'.repeat(9 * 1024 * 1024)}\n`);
    for (let n = 0; n < 3; n++) buffer.write('y'.repeat(9 * 1024 * 1024));
    buffer.write('lost\n');
    buffer.flushSync();
    expect(written()).toMatch(/x\n/);
    expect(written()).not.toContain('lost');
    expect(written()).toMatch(/log lines dropped/);
  });
});
