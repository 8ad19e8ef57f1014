import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/platform/embedded/ports.js';
import { eventually } from '../start/program.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';

/**
 * The receiver of docs/webhooks.md and the documented commands work as written.
 * Seen to fail: with a different signature the receiver rejected the request; with a renamed command its call failed.
 */
const root = join(import.meta.dirname, '../..');
const program = join(import.meta.dirname, 'cli-program.mjs');

let app: TestApp;
let user: TestUser;
let folder: string;
let receiver: ChildProcess | null = null;

beforeAll(async () => {
  app = await startTestApp({ WEBHOOK_ALLOW_PRIVATE: 'true' });
  user = await app.user();
  folder = await mkdtemp(join(tmpdir(), 'tm-receiver-'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
});

afterAll(async () => {
  if (receiver) {
    const ended = once(receiver, 'exit');
    receiver.kill();
    await ended;
  }
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

/** The first JavaScript block of the page, as a runnable program. */
async function startReceiver(secret: string, port: number): Promise<() => string> {
  const page = await readFile(join(root, 'docs/webhooks.md'), 'utf8');
  const code = /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  expect(code).toContain('webhook.verify');
  await writeFile(join(folder, 'receiver.mjs'), code);
  receiver = spawn(process.execPath, ['--no-warnings', join(folder, 'receiver.mjs')], {
    env: { ...process.env, WEBHOOK_SECRET: secret, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  receiver.stdout!.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  await eventually(() => output.includes('listening'));
  return () => output;
}

function run(...args: string[]): Promise<string> {
  const env = { ...process.env, TASKMASTER_URL: app.url, TASKMASTER_API_KEY: user.key, TASKMASTER_DATA: folder };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['--no-warnings', program, 'webhooks', ...args], { env }, (error, out, err) =>
      error ? reject(new Error(`${args.join(' ')}: ${err}`)) : resolve(out),
    );
  });
}

it('is set up on the command line, and prints its deliveries', async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const made = await run('add', url, '--events', 'task.*', '--description', 'printer');
  const [, id = ''] = /^Made (\S+)/.exec(made) ?? [];
  const [, secret = ''] = /Secret: (\S+)/.exec(made) ?? [];
  const said = await startReceiver(secret, port);
  const api = new Client(app.url, user);
  await api.post('/tasks', { title: 'seen by the printer' });
  await eventually(() => said().includes('seen by the printer'));
  expect(said()).toMatch(/^task\.created tasks\/[0-9a-f-]{36} seen by the printer$/m);

  expect(await run('list')).toMatch(new RegExp(`${id} +works +task\\.\\* +- +${url}`));
  expect(await run('test', id)).toContain('Sent a test');
  await eventually(() => said().includes(`webhook.test webhooks/${id}`));
  await eventually(async () => /task\.created +delivered +1 +204/.test(await run('deliveries', id)));
  expect(await run('replay', id, '--since', '2999-01-01')).toContain('0 deliveries');
  expect(await run('rotate', id, '--overlap', '60')).toMatch(/Secret: whsec_/);
  expect(await run('disable', id)).toContain('disabled (user)');
  expect(await run('enable', id)).toContain('works');
  expect(await run('delete', id)).toContain('Deleted');
  expect(await run('list')).toContain('No webhooks.');

  // A request without the secret is rejected.
  const forged = await fetch(url, {
    method: 'POST',
    headers: { 'webhook-id': 'x', 'webhook-timestamp': '1', 'webhook-signature': 'v1,x' },
    body: '{"type":"task.created"}',
  });
  expect(forged.status).toBe(400);
});
