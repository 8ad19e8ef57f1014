import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import type { CliRun } from '../support/cli.js';
import { runCli, runCliProcess } from '../support/cli.js';

const program = fileURLToPath(new URL('./cli-program.mjs', import.meta.url));
const fixture = fileURLToPath(new URL('../fixtures/next/01-subtask-of-begun-task-first.json', import.meta.url));

let app: TestApp;
let ada: TestUser;
let folder: string;
let sample: string;
let file: unknown;

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.user('admin');
  folder = await mkdtemp(join(tmpdir(), 'tm-cli-'));
  sample = join(folder, 'tasks.json');
  ({ file } = JSON.parse(await readFile(fixture, 'utf8')) as { file: unknown });
  await writeFile(sample, JSON.stringify(file));
});

afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

const env = (): Record<string, string> => ({
  TASKMASTER_URL: app.url,
  TASKMASTER_API_KEY: ada.key,
  TASKMASTER_DATA: folder,
});

const run = (args: readonly string[], other: Readonly<Record<string, string>> = {}): Promise<CliRun> =>
  runCli(args, { env: { ...env(), ...other } });

const runProcess = (args: readonly string[], other: Readonly<Record<string, string>> = {}): Promise<CliRun> =>
  runCliProcess(args, { env: { ...env(), ...other } });

describe('the command line', () => {
  it('imports, lists, shows, finds the next task and exports the import', async () => {
    const imported = await runProcess(['import', sample, '--project', 'cli', '--json']);
    expect([imported.code, JSON.parse(imported.out)]).toEqual([0, expect.objectContaining({ created: 3, updated: 0 })]);
    const again = await run(['import', sample, '--project', 'cli']);
    expect(again.out).toContain('0 created, 0 updated, 3 unchanged');
    const listed = await run(['list', '--project', 'cli']);
    expect(listed.out.split('\n').map((line) => line.split(/\s+/)[0])).toEqual(['REF', '1', '2', '2.1', '']);
    const next = await run(['next', '--project', 'cli', '--json']);
    expect(JSON.parse(next.out)).toMatchObject({ ref: '2.1' });
    const shown = await run(['show', '2.1', '--project', 'cli']);
    expect(shown.out).toContain('cli/master 2.1');
    const history = await run(['history', '2.1', '--project', 'cli']);
    expect(history.out).toMatch(/^\d{4}-\d{2}-\d{2} [\d:]{8} {2}created by user/);
    expect(history.out).toContain('  ref: 2.1');
    const events = await run(['history', '2.1', '--project', 'cli', '--limit', '1', '--json']);
    expect(JSON.parse(events.out)).toEqual([expect.objectContaining({ event: 'created', operation: 'INSERT' })]);
    const copy = join(folder, 'out.json');
    expect((await run(['export', '--project', 'cli', '--output', copy])).code).toBe(0);
    expect(JSON.parse(await readFile(copy, 'utf8'))).toEqual(file);
  });

  it('claims, renews, releases and completes work, and names blockers', async () => {
    const place = ['--project', 'work'];
    await run(['import', sample, ...place]);
    const claimed = await run(['claim', ...place, '--lease', '60', '--json']);
    const { task, lease } = JSON.parse(claimed.out) as { task: { ref: string }; lease: { fence: number } };
    expect([task.ref, lease.fence]).toEqual(['2.1', 1]);
    const beat = await run(['heartbeat', '2.1', ...place, '--fence', '1', '--lease', '90', '--json']);
    expect(JSON.parse(beat.out)).toMatchObject({ lease: { leaseSeconds: 90 } });
    expect((await run(['blockers', '2.1', ...place])).out).toContain('Somebody has claimed the task until');
    expect((await run(['release', '2.1', ...place, '--fence', '1'])).out).toBe('Given back.\n');
    const late = await run(['complete', '2.1', ...place, '--fence', '1']);
    expect([late.code, late.err]).toEqual([1, expect.stringContaining('lease')]);
    expect((await run(['next', ...place, '--claim'])).out).toContain('Claimed under fence 2 until');
    expect((await run(['complete', '2.1', ...place, '--fence', '2'])).out).toBe('2.1 is completed.\n');
    expect((await run(['claim', ...place, '--label', 'no-such'])).out).toBe('Nothing is ready.\n');
    for (const command of ['next', 'claim']) {
      const none = await run([command, ...place, '--filter', 'dueAfter=2020-01-01', 'type=bug,general', '-q', 'x']);
      expect(none.out).toBe('Nothing is ready.\n');
      const done = await run([command, ...place, '--status', 'done']);
      expect([done.code, done.err]).toEqual([2, expect.stringContaining('have no stage')]);
    }

    expect((await run(['depend', '1', '--on', '2', ...place])).code).toBe(0);
    expect((await run(['blockers', '1', ...place])).out).toBe(
      'The task waits for 1 other.\n  2  in_progress  Task 2\n',
    );
    expect((await run(['depend', '2', '--on', '1', ...place])).code).toBe(1);
    expect((await run(['undepend', '1', '--on', '2', ...place])).code).toBe(0);
    expect((await run(['comment', '1', 'as agreed', ...place])).out).toBe('Commented.\n');
    for (const wrong of [
      ['release', '1'],
      ['heartbeat', '1', '--fence', 'x'],
      ['next', '--claim', '--limit', '2'],
    ]) {
      expect((await run([...wrong, ...place])).code).toBe(2);
    }
  });

  it('lists, shows and resolves errors', async () => {
    const sent = { errorMessage: 'queue is full\nsecond line', errorCode: 'E_FULL', serviceVersion: '1.0.0' };
    const response = await fetch(`${app.url}/api/v1/errors`, {
      method: 'POST',
      headers: { 'x-api-key': ada.key, 'content-type': 'application/json' },
      body: JSON.stringify(sent),
    });
    const { data } = (await response.json()) as { data: { id: string } };
    const listed = await run(['errors', 'list', '--query', 'queue']);
    expect(listed.out).toMatch(new RegExp(`${data.id} +unresolved +error +1 .* E_FULL +queue is full\\n$`));
    const shown = await run(['errors', 'show', data.id]);
    expect(shown.out).toContain('Count     1 (0 users)');
    expect(shown.out).toContain('second line');
    const resolved = await run(['errors', 'resolve', data.id, '--notes', 'larger', '--in-version', '1.1.0', '--json']);
    expect(JSON.parse(resolved.out)).toMatchObject({ resolutionStatus: 'resolved', resolvedInVersion: '1.1.0' });
    expect((await run(['errors', 'list'])).out).toBe('No errors.\n');
    expect((await run(['errors', 'show', 'nothing'])).code).toBe(2);
    expect((await run(['errors', 'show', '01890000-0000-7000-8000-000000000000'])).code).toBe(1);
  });

  it('shows analytics of tasks, validations and errors', async () => {
    const tasks = await run(['analytics', 'tasks', '--window', '24h', '--bucket', 'day', '--project', 'cli']);
    expect(tasks.out.split('\n')[0]?.split(/\s+/)).toEqual([
      ...['FROM', 'CREATED', 'COMPLETED', 'REOPENED', 'OPEN', 'LEAD', 'CYCLE'],
    ]);
    const json = await run(['analytics', 'tasks', '--project', 'cli', '--group-by', 'status', '--json']);
    expect(JSON.parse(json.out)).toMatchObject({ totals: { total: 3 }, groups: expect.any(Array) });
    expect((await run(['analytics', 'validations'])).out).toContain('all');
    expect((await run(['analytics', 'errors'])).out).toMatch(/\d+ occurrences of \d+ errors/);
    expect((await run(['analytics', 'errors', '--window', '8d'])).code).toBe(2);
  });

  it('writes nothing in a dry run', async () => {
    const { code, out } = await run(['import', sample, '--project', 'cli', '--dry-run', '--json']);
    expect([code, JSON.parse(out).unchanged]).toEqual([0, 3]);
    const missing = await run(['import', sample, '--project', 'nowhere', '--dry-run']);
    expect([missing.code, missing.out]).toEqual([0, expect.stringContaining('Would import into nowhere: 3 created')]);
    expect((await run(['export', '--project', 'nowhere'])).code).toBe(1);
  });

  it('imports reports and lists validations', async () => {
    const tasks = JSON.parse((await run(['list', '--project', 'cli', '--json'])).out) as { id: string }[];
    const task = tasks[0]!.id;
    const report = fileURLToPath(new URL('../fixtures/validations/jest-junit.xml', import.meta.url));
    const imported = await run(['validations', 'import', report, '--task', task]);
    expect(imported.out.split('\n')).toEqual([
      'Imported 1, unchanged 0.',
      '  JUnit jest tests (testing) failed: 3 new, 0 existing, 0 fixed',
      '',
    ]);
    const sarif = fileURLToPath(new URL('../fixtures/validations/eslint.sarif', import.meta.url));
    const dry = await run(['validations', 'import', sarif, '--task', task, '--type', 'style', '--dry-run', '--json']);
    expect(JSON.parse(dry.out)).toMatchObject({ created: [{ validationType: 'style', toolName: 'ESLint' }] });
    const listed = await run(['validations', 'list', '--task', task, '--json']);
    expect(JSON.parse(listed.out)).toMatchObject([{ validationType: 'testing', validationStatus: 'failed' }]);
    expect((await run(['validations', 'list', '--status', 'failed'])).out).toContain('JUnit jest tests');
    expect((await run(['validations', 'import', report])).code).toBe(2);
    expect((await run(['validations', 'import', program, '--task', task])).code).toBe(2);
  });

  it('sends reports as they are, and tells what was set aside', async () => {
    const [task] = JSON.parse((await run(['list', '--project', 'cli', '--json'])).out) as { id: string }[];
    const junit =
      '<?xml version="1.0" encoding="utf-16"?><testsuite name="Größe"><testcase name="a" time="-1"/></testsuite>';
    const send = async (bytes: Buffer): Promise<CliRun> => {
      await writeFile(join(folder, 'report'), bytes);
      return run(['validations', 'import', join(folder, 'report'), '--task', task!.id]);
    };
    const wide = await send(Buffer.from(`\uFEFF${junit}`, 'utf16le'));
    expect(wide.out.split('\n')).toEqual([
      'Imported 1, unchanged 0.',
      '  JUnit Größe (testing) passed: 0 new, 0 existing, 0 fixed',
      ...['Set aside:', '  testsuite.testcase[0].time: must be a number of seconds', ''],
    ]);
    const sarif = JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: 'Prüfer' } } }] });
    const broken = await send(Buffer.from(`\uFEFF${sarif}`, 'utf16le').swap16());
    expect(broken.out).toContain('  Prüfer (security) error: 0 new, 0 existing, 0 fixed');
    for (const text of ['<testsuite name="Größe"/>', sarif]) {
      const latin = await send(Buffer.from(text, 'latin1'));
      expect([latin.code, latin.err]).toEqual([2, expect.stringContaining('not valid UTF-8')]);
    }
  });

  it('creates, rotates and revokes keys, and creates users', async () => {
    const made = JSON.parse((await run(['keys', 'create', 'ci', '--scopes', 'tasks:read', '--json'])).out) as {
      id: string;
      key: string;
    };
    expect((await run(['list', '--json'], { TASKMASTER_API_KEY: made.key })).code).toBe(0);
    const rotated = JSON.parse((await run(['keys', 'rotate', made.id, '--json'])).out) as { id: string; key: string };
    expect(rotated.key).not.toBe(made.key);
    expect((await run(['keys', 'revoke', rotated.id])).code).toBe(0);
    expect(await run(['list'], { TASKMASTER_API_KEY: rotated.key })).toMatchObject({ code: 1, out: '' });
    expect((await run(['keys', 'list'])).out).not.toContain(rotated.id);
    expect((await run(['users', 'create', 'grace@example.test', '--role', 'viewer'])).out).toContain(
      'Created grace (viewer)',
    );
    expect((await run(['users', 'list'])).out).toContain('grace@example.test');
  });

  it.each([
    [['bogus'], 2, "unknown command 'bogus'"],
    [['list', '--bogus'], 2, "unknown option '--bogus'"],
    [['show', 'x'], 2, 'neither a number such as 15.2 nor an id'],
    [['show', '1'], 2, 'needs --project'],
    [['show', '99', '--project', 'cli'], 1, 'no such task'],
    [['import', '/nowhere/tasks.json'], 2, 'does not exist'],
    [['list', '--status', 'x', '--limit', '0'], 2, '--limit'],
    [['migrate', '--down', 'x'], 2, '--down'],
  ])('explains in one sentence what is wrong with %j', async (args, code, text) => {
    const failed = await runProcess(args);
    expect([failed.code, failed.out]).toEqual([code, '']);
    expect(failed.err).toContain(text);
    expect(failed.err).not.toMatch(/\n\s+at /);
  });

  it('reports every problem of a file that cannot be imported', async () => {
    const broken = join(folder, 'broken.json');
    await writeFile(broken, '{"master":{"tasks":[{"id":"y","title":"b"},{"id":"x","title":"a"}]}}');
    const failed = await run(['import', broken, '--project', 'cli']);
    expect(failed.code).toBe(2);
    expect(failed.err.split('\n').length).toBeGreaterThan(2);
  });

  it('reports an unreachable service and a refused key', async () => {
    const away = await runProcess(['list'], { TASKMASTER_URL: 'http://127.0.0.1:9' });
    expect([away.code, away.err]).toEqual([3, expect.stringContaining('cannot be reached')]);
    const refused = await runProcess(['list', '--json'], { TASKMASTER_API_KEY: 'wrong' });
    expect([refused.code, JSON.parse(refused.err).code]).toEqual([1, 'UNAUTHENTICATED']);
  });

  it('has help for every command', async () => {
    const { code, out } = await runProcess(['--help']);
    expect(code).toBe(0);
    for (const command of [
      'serve',
      'migrate',
      'keys',
      'users',
      'import',
      'export',
      'list',
      'show',
      'history',
      'next',
      'validations',
      'changes',
    ]) {
      expect(out).toContain(command);
      expect((await run([command, '--help'])).code).toBe(0);
    }
  });
});
