import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { runCommandLine } from '../../src/command-line.js';
import type { TestApp } from '../support/app.js';
import type { CliRun } from '../support/cli.js';
import { runCli } from '../support/cli.js';
import { Browser, startOauthApp } from './oauth-flow.js';
import { userWithPassword } from './password-user.js';

let app: TestApp;
let folder: string;

const run = (...args: string[]): Promise<CliRun> =>
  runCli(args, { env: { TASKMASTER_URL: app.url, XDG_CONFIG_HOME: folder, TASKMASTER_DATA: folder } });
const file = (): string => join(folder, 'taskmaster', 'login.json');
const hidden = (text: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';

beforeAll(async () => {
  app = await startOauthApp();
  await userWithPassword(app, 'ada');
  folder = await mkdtemp(join(tmpdir(), 'login-'));
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

/** Agrees to a device with this code. */
async function allowNext(browser: Browser, code: string): Promise<void> {
  const form = await browser.open(`/device?user_code=${code}`);
  const sent = { xsrf: hidden(form.text, 'xsrf'), user_code: hidden(form.text, 'user_code') || code };
  await browser.post('/device', sent);
  const { location } = await browser.post('/device', { ...sent, confirm: 'yes' });
  const answered = await browser.post(
    location.slice(app.url.length),
    new URLSearchParams([
      ['scope', 'tasks:read'],
      ['scope', 'tasks:write'],
    ]),
  );
  await browser.open(answered.location.slice(app.url.length));
}

/** Signs in: reads the code from what the command prints while it waits. */
async function signIn(): Promise<CliRun> {
  const browser = await new Browser(app.url).signIn('ada');
  const allowed: Promise<void>[] = [];
  let [out, err] = ['', ''];
  const keep = (add: (text: string) => void): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        add(chunk.toString());
        done();
      },
    });
  const terminal = {
    env: { TASKMASTER_URL: app.url, XDG_CONFIG_HOME: folder, TASKMASTER_DATA: folder },
    stdin: Readable.from([]),
    stdout: keep((text) => (out += text)),
    stderr: keep((text) => {
      err += text;
      const code = /code: ([A-Z-]{9})/.exec(err)?.[1];
      if (code !== undefined && allowed.length === 0) allowed.push(allowNext(browser, code));
    }),
    exitCode: 0,
  };
  await runCommandLine(['login'], terminal);
  await Promise.all(allowed);
  return { code: terminal.exitCode, out, err };
}

it('signs in, renews, acts and signs out without a key', async () => {
  expect((await run('keys', 'list')).code).toBe(1);
  const signedIn = await signIn();
  expect([signedIn.code, signedIn.out]).toEqual([0, `Signed in at ${app.url}.\n`]);
  expect((await stat(file())).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'taskmaster'))).mode & 0o777).toBe(0o700);
  expect((await run('list')).code).toBe(0);

  // Several commands find the access token expired: one renews it, and no refresh token is used twice.
  const before = await readFile(file(), 'utf8');
  await writeFile(file(), before.replace(/"expiresAt":\d+/, '"expiresAt":0'));
  const codes = (await Promise.all(Array.from({ length: 5 }, () => run('list')))).map(({ code }) => code);
  expect(codes).toEqual([0, 0, 0, 0, 0]);
  const after = await readFile(file(), 'utf8');
  expect(after).not.toBe(before);

  const key = (await app.user('developer', 'grace')).key;
  const other = await run('--json', '--api-key', key, 'keys', 'list');
  expect([other.code, other.out]).toEqual([0, expect.stringContaining('"name": "test"')]);

  expect((await run('logout')).code).toBe(0);
  expect([await readFile(file(), 'utf8'), (await run('list')).code]).toEqual(['{}', 1]);
  const token = (JSON.parse(after) as Record<string, { accessToken: string }>)[app.url]?.accessToken ?? '';
  const used = await fetch(`${app.url}/api/v1/tasks`, { headers: { authorization: `Bearer ${token}` } });
  expect(used.status).toBe(401);
});

it('says that a login has ended', async () => {
  await signIn();
  await app.sql('update oauth_grants set revoked_at = now() where revoked_at is null');
  await writeFile(file(), (await readFile(file(), 'utf8')).replace(/"expiresAt":\d+/, '"expiresAt":0'));
  const { code, err } = await run('list');
  expect([code, err]).toEqual([1, 'Your login has ended. Run taskmaster login.\n']);
});

it('goes to no service that calls itself otherwise', async () => {
  const url = app.url.replace('127.0.0.1', 'localhost');
  const { code, err } = await run('--url', url, 'login');
  expect([code, err]).toEqual([2, `The service calls itself ${app.url}: use --url with it.\n`]);
});
