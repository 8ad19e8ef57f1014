import { afterAll, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Measurements that reach into the service by name and need no other program. */
const MEASURED = ['bare-http', 'growth', 'analytics', 'bare-postgres'];

interface Line {
  readonly name: string;
  readonly ours: number | null;
}

const folder = mkdtempSync(join(tmpdir(), 'taskmaster-bench-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/*
 * The benchmark calls the service's own code, and nothing else runs it: changes of that code broke its lists, cursors and
 * analytics unnoticed. Seen to fail: with the cursor in another format.
 */
it('measures with the present code of the service', () => {
  const results = join(folder, 'results.json');
  const only = MEASURED.flatMap((name) => ['--only', name]);
  const { TEST_POSTGRES: _p, TEST_SERVICES: _s, JEST_WORKER_ID: _w, NODE_OPTIONS: _o, ...env } = process.env;
  const { status, stderr } = spawnSync(process.execPath, ['bin/bench.mjs', '--quick', ...only, '--results', results], {
    cwd: resolve(import.meta.dirname, '../..'),
    env,
    encoding: 'utf8',
    timeout: 400_000,
  });
  expect({ status, failures: stderr.match(/^ {2}\S+ failed: .*$/gm) }).toEqual({ status: 0, failures: null });
  const lines = JSON.parse(readFileSync(results, 'utf8')) as readonly Line[];
  expect(lines.length).toBeGreaterThan(MEASURED.length);
  expect(lines.filter(({ ours }) => ours === null).map(({ name }) => name)).toEqual([]);
}, 420_000);
