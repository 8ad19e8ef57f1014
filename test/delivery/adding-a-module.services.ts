import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/*
 * Builds docs/adding-a-module.md, block by block, in a copy of the tree: types, generated files and the tests of the
 * page. Seen to fail, with the output of the command: a block that does not compile, a moved import, a failing
 * migration and a failing test.
 */
const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/adding-a-module.md'), 'utf8');

interface Block {
  readonly file: string;
  readonly text: string;
}

const blocks: readonly Block[] = [...page.matchAll(/^```\w+ file=(\S+)\n(.*?)^```$/gms)].map(
  ([, file = '', text = '']) => ({ file, text }),
);

const [, listed = '', line = ''] = /^```ts line=(\S+)\n(.*?)^```$/ms.exec(page) ?? [];

let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'taskmaster-module-'));
  // PostgreSQL runs as another user when the tests run as root.
  chmodSync(copy, 0o755);
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const file of files.trim().split('\n')) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const { file, text } of blocks) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    writeFileSync(join(copy, file), text);
  }
  const features = readFileSync(join(copy, listed), 'utf8');
  const imported = "import { MilestonesModule } from './modules/milestones/milestones.module.js';\n";
  writeFileSync(join(copy, listed), `${imported}${features.replace('];', `${line}];`)}`);
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** The output of a failed command, otherwise nothing. */
function failure(...command: readonly string[]): string {
  const [program = '', ...args] = command;
  const { TEST_POSTGRES: _p, TEST_SERVICES: _s, JEST_WORKER_ID: _w, NODE_OPTIONS: _o, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: copy,
    env: { ...env, CI: 'true' },
    encoding: 'utf8',
    timeout: 240_000,
  });
  return status === 0 ? '' : `${stdout}\n${stderr}`;
}

it('touches its own folder, its migration, its test and one line', () => {
  const folders = [...new Set(blocks.map(({ file }) => dirname(file)))];
  expect(folders.sort()).toEqual(['migrations', 'migrations/down', 'src/modules/milestones', 'test/api']);
  expect([listed, line.trim()]).toEqual(['src/features.ts', 'MilestonesModule,']);
});

it('builds, generates and passes its tests', () => {
  expect(failure('npm', 'run', '--silent', 'generate')).toBe('');
  expect(failure('npm', 'test', '--silent', '--', 'test/api/milestones.test.ts')).toBe('');
}, 300_000);
