import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { runCli } from '../support/cli.js';
import { Client } from '../support/client.js';

const HOSTILE = '\u001b]0;owned\u0007\u001b[2Jlooks done \u202egnp.exe\u009b31m\u007f\u2066x\u2028';
const FORGED = `${HOSTILE}\n2  forged`;
/** What a terminal obeys: all controls but the ends of lines and tabs of the layout. */
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

let app: TestApp;
let ada: TestUser;
let folder: string;
let task: { id: string; ref: string };
let error: { id: string };

const run = (args: readonly string[]): ReturnType<typeof runCli> =>
  runCli(args, { env: { TASKMASTER_URL: app.url, TASKMASTER_API_KEY: ada.key, TASKMASTER_DATA: folder } });

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.user('admin');
  folder = await mkdtemp(join(tmpdir(), 'tm-cli-escapes-'));
  const client = new Client(app.url, ada);
  await client.post('/projects', { projectKey: 'hostile', name: HOSTILE });
  const text = { title: FORGED, description: FORGED, assignedTo: HOSTILE, tags: [HOSTILE] };
  task = (await client.post<{ id: string; ref: string }>('/projects/hostile/tasks', text)).body.data;
  await client.patch(`/tasks/${task.id}`, { details: FORGED });
  const failure = { errorMessage: FORGED, errorCode: 'E1', stackTrace: `at x\n${FORGED}`, serviceName: HOSTILE };
  error = (await client.post<{ id: string }>('/errors', failure)).body.data;
  await client.post('/validations', {
    taskId: task.id,
    validationType: 'testing',
    validationStatus: 'passed',
    toolName: HOSTILE,
  });
  await client.post('/api-keys', { name: HOSTILE });
});

afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

const commands = (): string[][] => [
  ['list', '--project', 'hostile'],
  ['show', task.ref, '--project', 'hostile'],
  ['next', '--project', 'hostile'],
  ['history', task.ref, '--project', 'hostile'],
  ['blockers', task.ref, '--project', 'hostile'],
  ['changes', '--project', 'hostile'],
  ['errors', 'list'],
  ['errors', 'show', error.id],
  ['validations', 'list'],
  ['keys', 'list'],
  ['users', 'list'],
  ['webhooks', 'list'],
  ['analytics', 'errors'],
];

describe('what a command prints', () => {
  // Seen to fail: with texts printed as they are.
  it('has no character that a terminal obeys, and no line that a text has forged', async () => {
    for (const args of commands()) {
      const { code, out } = await run(args);
      expect([args, code]).toEqual([args, 0]);
      expect(out).not.toMatch(OBEYED);
      expect(out).not.toMatch(/^2 {2}forged/m);
    }
    expect((await run(['list', '--project', 'hostile'])).out).toContain('\\u001b[2Jlooks done \\u202egnp.exe');
  }, 120_000);

  it('stays the same JSON with --json', async () => {
    for (const args of commands().filter(([name]) => name !== 'blockers' && name !== 'webhooks')) {
      const { out } = await run([...args, '--json']);
      expect(out).not.toMatch(OBEYED);
      expect(JSON.parse(out)).toBeInstanceOf(Object);
    }
    const shown = await run(['show', task.ref, '--project', 'hostile', '--json']);
    expect(JSON.parse(shown.out)).toMatchObject({ title: FORGED, details: FORGED, assignedTo: HOSTILE });
  }, 120_000);

  it('when it fails, too: problems of a file, of the service, and of the command line', async () => {
    const file = join(folder, 'hostile.json');
    await writeFile(
      file,
      JSON.stringify({ master: { tasks: [{ id: 1, title: 'x', status: HOSTILE, [HOSTILE]: '\0' }] } }),
    );
    for (const args of [
      ['import', file, '--project', 'hostile'],
      ['import', join(folder, `${HOSTILE}.json`)],
      ['show', HOSTILE],
      ['list', '--project', HOSTILE],
      ['list', `--${HOSTILE}`],
      [HOSTILE],
    ]) {
      const { code, out, err } = await run(args);
      expect(code).toBeGreaterThan(0);
      expect(`${out}${err}`).not.toMatch(OBEYED);
      expect((await run([...args, '--json'])).err).not.toMatch(OBEYED);
    }
  }, 120_000);

  it('is the file itself when it is exported to one', async () => {
    const { out } = await run(['export', '--project', 'hostile']);
    const written = JSON.parse(out) as { master: { tasks: { title: string }[] } };
    expect(written.master.tasks[0]?.title).toBe(FORGED);
  });
});
