import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { scratchFolder } from '../support/scratch-folder.js';
import { eventually } from './program.js';

const ROOT = join(import.meta.dirname, '../..');

const MAIN = `
export {};
declare const process: any;
declare const setTimeout: (run: () => void, ms: number) => void;
let received = 0;
const count = (): void => {
  received += 1;
  // Long enough for a duplicate signal to be counted.
  if (received === 1) setTimeout(() => process.stdout.write(\`stopped by \${received}\\n\`, () => process.exit(0)), 300);
};
process.on('SIGTERM', count);
process.on('SIGINT', count);
process.on('disconnect', () => process.stdout.write('launcher is gone\\n', () => process.exit(0)));
process.stdout.write(\`serving \${process.argv.slice(2).join(' ')}\\n\`);
if (process.argv.includes('--fail')) process.exit(7);
`;

const CLI = `
export {};
declare const process: any;
process.exitCode = process.argv.length;
`;

/** A stub of npm, because a test must not need the network: records its arguments and installs by a link. */
const NPM = `
const { appendFileSync, mkdirSync, readdirSync, rmSync, symlinkSync } = require('node:fs');
appendFileSync('npm.log', process.argv.slice(2).join(' ') + '\\n');
rmSync('node_modules', { recursive: true, force: true });
mkdirSync('node_modules');
const real = process.env.REAL_MODULES;
const wanted = readdirSync(real).filter((name) => !name.startsWith('.taskmaster-build-'));
for (const name of wanted) symlinkSync(real + '/' + name, 'node_modules/' + name);
`;

// Allows for two compilations on a busy machine.
jest.setTimeout(240_000);

let project: string;
let children: ChildProcess[];

interface Run {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  out(): string;
  err(): string;
}

function run(script: string, args: readonly string[] = [], nodeArgs: readonly string[] = []): Run {
  const child = spawn(process.execPath, [...nodeArgs, join(project, 'bin', script), ...args], {
    cwd: project,
    env: { ...process.env, npm_execpath: join(project, 'npm.cjs'), REAL_MODULES: join(ROOT, 'node_modules') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const text = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text.out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.err += chunk));
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return { child, exited, out: () => text.out, err: () => text.err };
}

async function serving(...args: string[]): Promise<Run> {
  const service = run('start.mjs', args);
  const ended = service.exited.then((code) => {
    if (!service.out().includes('serving')) throw new Error(`It ended with ${code}: ${service.err()}`);
  });
  await Promise.race([eventually(() => service.out().includes('serving')), ended]);
  return service;
}

async function stop(service: Run): Promise<number | null> {
  service.child.kill('SIGTERM');
  return service.exited;
}

/** Reading the declarations of Node and of ES2023 is half of a compilation: 1.8 s of processor time, five times. */
async function smallTsconfig(): Promise<object> {
  const { compilerOptions, ...rest } = JSON.parse(await readFile(join(ROOT, 'tsconfig.json'), 'utf8')) as {
    compilerOptions: object;
  };
  return { ...rest, compilerOptions: { ...compilerOptions, types: [], lib: ['ES5'] } };
}

beforeAll(async () => {
  project = await scratchFolder('project');
  for (const name of ['package.json', 'package-lock.json', 'nest-cli.json', 'tsconfig.build.json']) {
    await cp(join(ROOT, name), join(project, name));
  }
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify(await smallTsconfig()));
  await cp(join(ROOT, 'bin'), join(project, 'bin'), { recursive: true });
  await mkdir(join(project, 'src'));
  await writeFile(join(project, 'src', 'main.ts'), MAIN);
  await writeFile(join(project, 'src', 'cli.ts'), CLI);
  await writeFile(join(project, 'npm.cjs'), NPM);
  children = [];
  // The bare clone: no node_modules and no dist.
  const first = await serving();
  expect(first.err()).toBe('Installing packages (this is done once) …\nBuilding dist …\n');
  expect(await stop(first)).toBe(0);
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

afterAll(() => rm(project, { recursive: true }));

describe('npm start', () => {
  it('installs exactly the lock file, with the compiler even if NODE_ENV is production', async () => {
    expect(await readFile(join(project, 'npm.log'), 'utf8')).toBe(
      'ci --include=dev --no-audit --no-fund --loglevel=error\n',
    );
  });

  it('does not install or build again without changes, even if a checkout renewed file times', async () => {
    const now = new Date();
    await utimes(join(project, 'src', 'main.ts'), now, now);
    await utimes(join(project, 'package-lock.json'), now, now);
    const service = await serving();
    expect(service.err()).toBe('');
    await stop(service);
  });

  it('installs again when the lock file names another version', async () => {
    const lock = join(project, 'package-lock.json');
    const before = await readFile(lock, 'utf8');
    await writeFile(lock, before.replace(/("node_modules\/pg": \{\s+"version": ")[^"]+/, '$10.0.1'));
    const service = await serving();
    await writeFile(lock, before);
    expect(service.err()).toContain('Installing packages');
    await stop(service);
  });

  it('builds again when a source has changed, and reports compile errors', async () => {
    const added = join(project, 'src', 'added.ts');
    await writeFile(added, 'export const answer: number = "42";\n');
    const failed = run('start.mjs');
    expect(await failed.exited).toBe(1);
    expect(failed.err()).toContain('The build did not succeed; what the compiler said is above.');
    expect(failed.out()).toBe('');

    await writeFile(added, 'export const answer: number = 42;\n');
    const rivals = await Promise.all([serving(), serving()]);
    for (const service of rivals) expect(service.err()).toContain('Building');
    for (const service of rivals) expect(await stop(service)).toBe(0);
    const left = await readdir(join(project, 'node_modules'));
    expect(left.filter((name) => name.startsWith('.taskmaster-build-'))).toEqual([]);
  });

  it('passes its arguments on and ends with the exit code of the service', async () => {
    const service = await serving('--fail');
    expect(service.out()).toBe('serving --fail\n');
    expect(await service.exited).toBe(7);
  });

  it('delivers Ctrl-C once, even if it arrives several ways', async () => {
    const service = await serving();
    for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM'] as const) service.child.kill(signal);
    expect(await service.exited).toBe(0);
    expect(service.out()).toBe('serving \nstopped by 1\n');
  });

  it('lets the service detect that the launcher was killed', async () => {
    const service = await serving();
    service.child.kill('SIGKILL');
    await service.exited;
    expect(service.out()).toBe('serving \nlauncher is gone\n');
  });

  it('asks for a newer Node in one sentence', async () => {
    const pretend = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.18.3" } })';
    const old = run('start.mjs', [], ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`]);
    expect(await old.exited).toBe(1);
    expect(old.err()).toBe('TaskMaster needs Node 20.19 or newer, and this is Node 20.18.3.\n');
  });
});

describe('npx taskmaster', () => {
  it('passes its arguments to the built command line without checking packages or sources', async () => {
    await writeFile(join(project, 'src', 'later.ts'), 'export const unbuilt = true;\n');
    const command = run('taskmaster.mjs', ['list', '--json']);
    expect(await command.exited).toBe(4);
    expect(command.err()).toBe('');
    await rm(join(project, 'src', 'later.ts'));
  });
});
