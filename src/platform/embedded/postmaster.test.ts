import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPidFile } from './postmaster.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'taskmaster-pid-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('The pid file of a server', () => {
  it('tells its process, port and status', () => {
    const lines = ['4711', dir, '1795992901', '5433', '', '127.0.0.1', '  1 2', 'ready   ', ''];
    writeFileSync(join(dir, 'postmaster.pid'), lines.join('\n'));
    expect(readPidFile(dir)).toEqual({ pid: 4711, port: 5433, status: 'ready' });
  });

  // Seen to fail: read as process 0, which stands for the own process group in a signal.
  it('is no server while it is empty', () => {
    writeFileSync(join(dir, 'postmaster.pid'), '');
    expect(readPidFile(dir)).toBeNull();
  });

  it('is no server when it is gone', () => {
    expect(readPidFile(dir)).toBeNull();
  });
});
