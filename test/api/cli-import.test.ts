import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import type { CliRun } from '../support/cli.js';
import { runCli, runCliProcess } from '../support/cli.js';
import { Client } from '../support/client.js';

let app: TestApp;
let ada: TestUser;
let root: string;
let folder: string;
let folders = 0;

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.user('developer', 'ada');
  root = await mkdtemp(join(tmpdir(), 'tm-cli-import-'));
});

/** A folder, and a key, that no other test knows. */
beforeEach(() => {
  folders += 1;
  folder = join(root, String(folders), `shop-${folders}`);
});

afterAll(async () => {
  await app.close();
  await rm(root, { recursive: true });
});

const client = (): Client => new Client(app.url, ada);
const env = (): Record<string, string> => ({
  TASKMASTER_URL: app.url,
  TASKMASTER_API_KEY: ada.key,
  TASKMASTER_DATA: root,
});
const run = (args: readonly string[]): Promise<CliRun> => runCli(args, { env: env() });
/** With the input on a pipe. */
const runProcess = (args: readonly string[], input: string | Buffer = ''): Promise<CliRun> =>
  runCliProcess(args, { env: env(), cwd: root, input });

async function write(file: string, content: string | Buffer | object): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  const bytes = typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content);
  await writeFile(file, bytes);
  return file;
}

const tasksJson = (at = folder): string => join(at, '.taskmaster/tasks/tasks.json');
const fileOf = (...titles: string[]): object => ({
  master: { tasks: titles.map((title, index) => ({ id: index + 1, title, status: 'pending' })), metadata: {} },
});
const key = (): string => `shop-${folders}`;
const titles = async (project: string): Promise<string[]> =>
  (await client().get<{ title: string }[]>(`/projects/${project}/tasks?sort=ref`)).body.data.map(({ title }) => title);
const exists = async (project: string): Promise<boolean> => (await client().get(`/projects/${project}`)).status === 200;

describe('a file that is not UTF-8 text', () => {
  const text = '{"master":{"tasks":[{"id":1,"title":"Grüße","status":"pending","dependencies":[]}]}}';
  const utf16 = Buffer.from(text, 'utf16le');

  // Mutations that this fails on: read with readFile(file, 'utf8').
  it.each([
    ['Latin-1', Buffer.from(text, 'latin1'), /latin\.json is not valid UTF-8/],
    ['UTF-16, little endian', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), /latin\.json is UTF-16/],
    ['UTF-16, big endian', Buffer.from(utf16).swap16(), /latin\.json is UTF-16/],
    ['empty', Buffer.alloc(0), /latin\.json is empty/],
  ])('(%s) is refused by every command that reads one', async (_name, bytes, message) => {
    const file = await write(join(folder, 'latin.json'), bytes);
    const task = '01890000-0000-7000-8000-000000000000';
    const commands = [['import', file, '--project', key()]];
    // Reports are read in UTF-16 as well: test runners on Windows write it.
    if (!message.source.includes('UTF-16')) commands.push(['validations', 'import', file, '--task', task]);
    for (const args of commands) {
      const refused = await run(args);
      expect([refused.code, refused.out]).toEqual([2, '']);
      expect(refused.err).toMatch(message);
    }
    expect(await exists(key())).toBe(false);
  });

  it('may begin with a byte order mark, and may come from standard input', async () => {
    expect((await run(['import', await write(join(folder, 'a.json'), `\uFEFF${text}`), '-p', key()])).code).toBe(0);
    expect(await titles(key())).toEqual(['Grüße']);
    expect((await runProcess(['import', '-', '--project', `${key()}-stdin`], text)).code).toBe(0);
    expect(await titles(`${key()}-stdin`)).toEqual(['Grüße']);
    const latin = await runProcess(['import', '-', '--project', key()], Buffer.from(text, 'latin1'));
    expect([latin.code, latin.err]).toEqual([2, expect.stringContaining('Standard input is not valid UTF-8')]);
    const nowhere = await runProcess(['import', '-'], text);
    expect([nowhere.code, nowhere.err]).toEqual([2, expect.stringContaining('--project is required')]);
  });

  it('or no tasks.json at all, is refused and leaves no project', async () => {
    const file = await write(join(folder, 'package.json'), { name: 'x', version: '1.0.0', dependencies: {} });
    const refused = await run(['import', file]);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('is no tasks.json file')]);
    expect(await exists(key())).toBe(false);
  });
});

describe('a folder', () => {
  it('gets a project of its name once, and is linked to it', async () => {
    const file = await write(tasksJson(), fileOf('One'));
    expect((await run(['import', file, '--dry-run'])).out).toContain(`Would import into ${key()}: 1 created`);
    await expect(readFile(join(folder, '.taskmaster/taskmaster-link.json'))).rejects.toThrow('ENOENT');
    expect(await exists(key())).toBe(false);
    expect((await run(['import', file])).code).toBe(0);
    const link = JSON.parse(await readFile(join(folder, '.taskmaster/taskmaster-link.json'), 'utf8')) as object;
    const { body } = await client().get<{ id: string }>(`/projects/${key()}`);
    expect(link).toEqual({ links: [{ url: app.url, projectId: body.data.id, projectKey: key() }] });
    expect((await run(['import', file])).out).toContain('1 unchanged');
    await write(file, fileOf('One', 'Two'));
    expect((await run(['import', file])).out).toContain('1 created');
    expect((await run(['export', '--output', file])).code).toBe(0);
  });

  // Seen to fail: taking the existing project of the name, the second import went into it.
  it.each(['shop', 'shop key'])('does not take the project of another one of its name (%s)', async (name) => {
    const key = `${name.replace(' ', '-')}-${folders}`;
    const [a, b] = ['a', 'b'].map((side) => join(root, String(folders), side));
    expect((await run(['import', await write(tasksJson(join(a!, key)), fileOf('Team A: build', 'Kept'))])).code).toBe(
      0,
    );
    const other = await write(
      tasksJson(join(b!, `${name} ${folders}`.replace(' ', name === 'shop' ? '-' : ' '))),
      fileOf('Team B: docs'),
    );
    for (const more of [[], ['--prune'], ['--dry-run'], ['--json']]) {
      const refused = await run(['import', other, ...more]);
      expect([refused.code, refused.out]).toEqual([1, '']);
      expect(refused.err).toContain('not linked to it');
      expect(refused.err).toContain('--link');
    }
    expect(await titles(key)).toEqual(['Team A: build', 'Kept']);
    expect((await run(['import', other, '--project', `${key}-b`, '--link'])).code).toBe(0);
    await write(other, fileOf('Team B: docs', 'More'));
    expect((await run(['import', other])).out).toContain('1 created');
    expect(await titles(key)).toEqual(['Team A: build', 'Kept']);
    expect(await titles(`${key}-b`)).toEqual(['Team B: docs', 'More']);
  });

  it('of a second checkout is linked to the same project when it is told so', async () => {
    await run(['import', await write(tasksJson(join(folder, 'one', key())), fileOf('One'))]);
    const second = await write(tasksJson(join(folder, 'two', key())), fileOf('One', 'Two'));
    const linked = await run(['import', second, '--link']);
    expect([linked.code, linked.out]).toEqual([0, expect.stringContaining('1 created, 0 updated, 1 unchanged')]);
    expect((await run(['import', second])).code).toBe(0);
  });

  it('whose link is broken, or names a project that is gone, is not imported', async () => {
    const file = await write(tasksJson(), fileOf('One'));
    const link = await write(join(folder, '.taskmaster/taskmaster-link.json'), '{"links":[{"url":1}]}');
    expect(await run(['import', file])).toMatchObject({ code: 2, err: expect.stringContaining('not readable') });
    const gone = { url: app.url, projectId: '01890000-0000-7000-8000-000000000000', projectKey: 'gone' };
    await write(link, { links: [gone] });
    expect(await run(['import', file])).toMatchObject({ code: 1, err: expect.stringContaining('which is not there') });
    expect(await exists(key())).toBe(false);
  });
});

describe('pruning', () => {
  it('shows what it would delete, and needs --yes where nobody can answer', async () => {
    const file = await write(tasksJson(), fileOf('One', 'Two \u001b[2J', 'Three'));
    await run(['import', file]);
    await write(file, fileOf('One'));
    const refused = await run(['import', file, '--prune']);
    expect([refused.code, refused.out]).toEqual([1, '']);
    expect(refused.err).toContain('master: 2  Two \\u001b[2J');
    expect(refused.err).toContain('master: 3  Three');
    expect(refused.err).toContain('--yes');
    expect(await titles(key())).toHaveLength(3);
    expect((await run(['import', file, '--prune', '--yes'])).out).toContain('2 deleted');
    expect(await titles(key())).toEqual(['One']);
    // There is nothing to ask about any more.
    expect((await run(['import', file, '--prune'])).code).toBe(0);
  });
});

describe('a file that is imported again', () => {
  it('keeps work in the project, and lists what both sides have changed', async () => {
    const file = await write(tasksJson(), fileOf('One', 'Two', 'Three'));
    await run(['import', file]);
    await run(['complete', '3', '--project', key()]);
    expect((await run(['import', file])).out).toContain('0 created, 0 updated, 3 unchanged');
    await write(file, fileOf('One there', 'Two there', 'Three'));
    await client().patch(`/projects/${key()}/tasks/1`, { title: 'One here' });
    const both = await runProcess(['import', file]);
    expect(both.code).toBe(1);
    expect(both.out).toContain('1 updated');
    expect(both.out).toContain('master: 1 title: "One there" in the file, "One here" in the project');
    expect(await titles(key())).toEqual(['One here', 'Two there', 'Three']);
    expect((await run(['import', file, '--ours', '--theirs'])).code).toBe(2);
    expect((await run(['import', file, '--theirs'])).code).toBe(0);
    expect(await titles(key())).toEqual(['One there', 'Two there', 'Three']);
    const done = await client().get<{ status: string }>(`/projects/${key()}/tasks/3`);
    expect(done.body.data.status).toBe('completed');
  });

  it('was exported over itself: the next import starts from there', async () => {
    const file = await write(tasksJson(), fileOf('One'));
    await run(['import', file]);
    await client().patch(`/projects/${key()}/tasks/1`, { status: 'done' });
    await run(['export', '--output', file]);
    await client().patch(`/projects/${key()}/tasks/1`, { status: 'pending' });
    expect((await run(['import', file])).out).toContain('0 updated, 1 unchanged');
  });
});
