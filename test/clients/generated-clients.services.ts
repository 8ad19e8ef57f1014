import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ExecFileOptions } from 'node:child_process';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';

/*
 * Generates clients from docs/generated/openapi.json, compiles them with a program that uses them
 * (test/fixtures/clients), and runs the program against the service.
 * Seen to fail: with rows of lists as `Task | {}` (all three), and with defaults in bodies (openapi-typescript makes them
 * required).
 */
const root = resolve(import.meta.dirname, '../..');
const document = join(root, 'docs/generated/openapi.json');
const packages = join(root, 'node_modules');

/** Runs a program without input, and ends it before the test runs out of time: its error then names the program. */
function run(file: string, args: readonly string[], options: ExecFileOptions = {}): Promise<Output> {
  const running = promisify(execFile)(file, args, { ...options, encoding: 'utf8', timeout: 50_000 });
  running.child.stdin?.end();
  return running;
}

interface Generator {
  readonly name: string;
  /** Writes the client into `generated` below the folder. */
  readonly generate: (folder: string, url: string) => Promise<unknown>;
  /** Options of the compiler beyond `--strict --noUncheckedIndexedAccess`. */
  readonly options: readonly string[];
}

interface Output {
  readonly stdout: string;
}

const node = (program: string, args: readonly string[], cwd: string): Promise<Output> =>
  run(process.execPath, [join(packages, program), ...args], { cwd, maxBuffer: 16 * 1024 * 1024 });

const generators: readonly Generator[] = [
  {
    name: 'openapi-fetch',
    generate: (folder) =>
      node('openapi-typescript/bin/cli.js', [document, '--output', join(folder, 'generated/schema.ts')], folder),
    options: ['--exactOptionalPropertyTypes'],
  },
  {
    name: 'hey-api',
    generate: (folder) =>
      node(
        // Not bin/run.js: it starts this file as a child, which would outlive the deadline.
        '@hey-api/openapi-ts/dist/run.mjs',
        ['--input', document, '--output', join(folder, 'generated'), '--no-log-file'],
        folder,
      ),
    // The runtime that it copies does not compile with exactOptionalPropertyTypes.
    options: [],
  },
  {
    name: 'orval',
    generate: (folder, baseUrl) => {
      const output = { mode: 'single', target: join(folder, 'generated/client.ts'), client: 'fetch', baseUrl };
      const config = { api: { input: document, output } };
      writeFileSync(join(folder, 'orval.config.mjs'), `export default ${JSON.stringify(config)};\n`);
      return node('orval/dist/bin/orval.mjs', ['--config', join(folder, 'orval.config.mjs')], folder);
    },
    options: ['--exactOptionalPropertyTypes'],
  },
];

const COMPILER = [
  '--strict',
  '--noUncheckedIndexedAccess',
  ...['--target', 'es2023', '--module', 'nodenext', '--lib', 'es2023,dom,dom.iterable', '--types', 'node'],
  ...['--skipLibCheck', '--ignoreConfig', '--outDir', 'built'],
];

let app: TestApp;
let user: TestUser;
let folder: string;

beforeAll(async () => {
  app = await startTestApp();
  user = await app.user();
  folder = mkdtempSync(join(tmpdir(), 'taskmaster-clients-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await app.close();
});

/** What the compiler reports. */
async function compile(place: string, program: string, options: readonly string[]): Promise<string> {
  const args = [...COMPILER, ...options, program];
  const { stdout } = await node('typescript/bin/tsc', args, place).catch((error: unknown) => error as Output);
  return stdout;
}

describe.each(generators.map((one) => [one.name, one] as const))('a client by %s', (name, { generate, options }) => {
  it('compiles strictly, and creates, lists, changes, reads and deletes a task', async () => {
    const place = join(folder, name);
    mkdirSync(join(place, 'generated'), { recursive: true });
    symlinkSync(packages, join(place, 'node_modules'));
    writeFileSync(join(place, 'package.json'), '{ "type": "module" }');
    cpSync(join(root, 'test/fixtures/clients', `${name}.ts`), join(place, `${name}.ts`));
    await generate(place, app.url);
    expect(await compile(place, `${name}.ts`, options)).toBe('');
    const { stdout } = await run(process.execPath, [join(place, 'built', `${name}.js`), app.url, user.key]);
    expect(JSON.parse(stdout)).toEqual({
      created: `made by ${name}`,
      changes: 200,
      listed: [`made by ${name}`],
      hasMore: false,
      patched: ['in_progress', 2],
      outdated: 'VERSION_MISMATCH',
      got: 2,
      deleted: 204,
      missing: 'NOT_FOUND',
    });
  });
});
