import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { LiveClients } from '../../src/platform/realtime/live-clients.js';
import { EventStream } from '../../src/platform/events/event-stream.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { eventually } from '../start/program.js';

/**
 * `taskmaster watch` shows each event once, across connections that end.
 * Seen to fail: without sending the cursor again, events during the disconnection were missing; with exit code 0 for a
 * refusal, the assertion on the exit code failed.
 */
let app: TestApp;
let user: TestUser;
let rest: Client;

beforeAll(async () => {
  app = await startTestApp();
  user = await app.user();
  rest = new Client(app.url, user);
});

afterAll(() => app.close());

interface Watching {
  readonly child: ChildProcess;
  readonly lines: () => string[];
  readonly complaint: () => string;
  readonly ended: Promise<number | null>;
}

function watch(args: readonly string[], env: Readonly<Record<string, string>> = {}): Watching {
  const child = spawn(
    process.execPath,
    ['--no-warnings', join(import.meta.dirname, 'cli-program.mjs'), 'watch', ...args],
    {
      env: { ...process.env, TASKMASTER_URL: app.url, TASKMASTER_API_KEY: user.key, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let [out, complaint] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complaint += chunk));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, lines: () => out.split('\n').filter((line) => line !== ''), complaint: () => complaint, ended };
}

const isLive = (): boolean =>
  [...app.app.get(LiveClients)].some(({ subscriptions }) => subscriptions.get('watch')?.isLive === true);

describe('taskmaster watch', () => {
  it('shows each event once, including those during a disconnection', async () => {
    const watching = watch(['--types', 'task.created,comment.*', '--limit', '4']);
    await eventually(isLive);
    const { body } = await rest.post<{ id: string }>('/tasks', { title: 'first' });
    await eventually(() => watching.lines().length === 1);
    for (const { socket } of app.app.get(LiveClients)) socket.terminate();
    await rest.post(`/tasks/${body.data.id}/comments`, { content: 'a word\nand more' });
    await rest.patch(`/tasks/${body.data.id}`, { priority: 3 });
    await rest.post('/tasks', { title: 'second' });
    await eventually(() => watching.lines().length === 3);
    await rest.post('/tasks', { title: 'third' });
    expect(await watching.ended).toBe(0);
    const shown = watching.lines().map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}/, ''));
    expect(shown).toEqual([
      expect.stringMatching(/^task\.created .*first$/),
      expect.stringMatching(/^comment\.created .*a word$/),
      expect.stringMatching(/^task\.created .*second$/),
      expect.stringMatching(/^task\.created .*third$/),
    ]);
  });

  it('shows CloudEvents with --json, starting at a cursor', async () => {
    const since = await app.app.get(EventStream).latest();
    const { body } = await rest.post<{ id: string }>('/tasks', { title: 'as JSON' });
    const watching = watch(['--json', '--since', since, '--task', body.data.id, '--limit', '1']);
    expect(await watching.ended).toBe(0);
    expect(JSON.parse(watching.lines()[0]!)).toMatchObject({
      specversion: '1.0',
      type: 'task.created',
      data: { title: 'as JSON' },
    });
  });

  it.each([
    ['a wrong key', ['--limit', '1'], { TASKMASTER_API_KEY: `tmk_${'z'.repeat(43)}` }, 1, '401'],
    ['a forged cursor', ['--since', 'forged'], {}, 1, 'cursor'],
    ['a limit that is none', ['--limit', '0'], {}, 2, '--limit'],
    ['nobody there', [], { TASKMASTER_URL: 'http://127.0.0.1:9' }, 3, 'cannot be reached'],
  ])('exits with a code and a sentence: %s', async (_, args, env, code, words) => {
    const watching = watch(args, env);
    expect(await watching.ended).toBe(code);
    expect(watching.complaint()).toContain(words);
  });
});
