import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { chmod, lstat, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CliRun } from '../support/cli.js';
import { runCli, runCliProcess } from '../support/cli.js';
import { TaskSuite } from './task-suite.js';

const FILE = '{"master":{"tasks":[{"id":1,"title":"mine","status":"pending"}]}}';

let suite: TaskSuite;
let folder: string;
let project: string;
let id: string;
let stranger: Server;
let answer = '';

beforeAll(async () => {
  suite = await TaskSuite.start();
  const path = await suite.project();
  project = path.split('/')[2] ?? '';
  id = (await suite.client.get<{ id: string }>(`/projects/${project}`)).body.data.id;
  await suite.create({ title: 'one', tags: ['a'] }, path);
  await suite.create({ title: 'two', list: 'later' }, path);
  folder = await mkdtemp(join(tmpdir(), 'taskmaster-cli-'));
  stranger = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(answer));
  await once(stranger.listen(0, '127.0.0.1'), 'listening');
});

afterAll(async () => {
  stranger.close();
  await suite.app.close();
  await rm(folder, { recursive: true });
});

function run(args: readonly string[], url = suite.app.url): Promise<CliRun> {
  return runCli(args, { env: { TASKMASTER_URL: url, TASKMASTER_API_KEY: suite.ada.key } });
}

async function fileOf(name: string, text = FILE): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

// Seen to fail: without the check of `success` and of the request's name, each was an empty list or an export.
describe('a server that is not TaskMaster', () => {
  it.each(['<!doctype html><title>Another program</title>', '{}', '[]', '{"data":[]}'])(
    'is recognized by its answer %s',
    async (text) => {
      answer = text;
      const url = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
      const file = await fileOf('kept.json');
      for (const args of [['export', '-p', 'x', '-o', file], ['list'], ['claim', '-p', 'x']]) {
        const { code, out, err } = await run(args, url);
        expect([args[0], code, out, err]).toEqual([args[0], 3, '', `What answers at ${url} is not TaskMaster.\n`]);
      }
      expect(await readFile(file, 'utf8')).toBe(FILE);
    },
  );
});

describe('export', () => {
  it('keeps the lists of a file that it does not export, unless it is forced', async () => {
    const file = await fileOf('lists.json');
    const partly = ['export', '-p', project, '-t', 'later', '-o', file];
    const refused = await run(partly);
    expect([refused.code, refused.err]).toEqual([
      1,
      expect.stringContaining('has lists that the export lacks: master.'),
    ]);
    expect(await readFile(file, 'utf8')).toBe(FILE);
    expect((await run([...partly, '--force'])).code).toBe(0);
    expect(Object.keys(JSON.parse(await readFile(file, 'utf8')) as object)).toEqual(['later']);
  });

  // Seen to fail: renamed over without a look, the link became a file of mode 644.
  it('writes through a symbolic link and keeps the mode of the file', async () => {
    const file = await fileOf('target.json');
    await chmod(file, 0o600);
    await symlink(file, join(folder, 'link.json'));
    expect((await run(['export', '-p', project, '-o', join(folder, 'link.json')])).code).toBe(0);
    expect((await lstat(join(folder, 'link.json'))).isSymbolicLink()).toBe(true);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(Object.keys(JSON.parse(await readFile(file, 'utf8')) as object)).toEqual(['master', 'later']);
  });
});

describe('the command line', () => {
  it('does not prune for standard input without a name of the copy', async () => {
    const env = { TASKMASTER_URL: suite.app.url, TASKMASTER_API_KEY: suite.ada.key };
    const args = ['import', '-', '-p', project, '--prune', '--yes'];
    const refused = await runCliProcess(args, { env, cwd: folder, input: FILE });
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('needs --source')]);
  });

  it('refuses a filter of a claim that is given twice', async () => {
    for (const twice of [
      ['-f', 'projectKey=other'],
      ['--label', 'a', '-f', 'tags=nosuch'],
      ['--priority', 'critical', '-f', 'priority=low'],
    ]) {
      const { code, err } = await run(['claim', '-p', project, ...twice]);
      expect([twice, code, err]).toEqual([twice, 2, expect.stringMatching(/^\w+ is given more than once\.\n$/)]);
    }
  });

  it('takes a project by its id wherever it takes a key, and no path', async () => {
    for (const command of ['list', 'next']) {
      expect(await run([command, '-p', id])).toMatchObject({ code: 0, out: expect.stringContaining('one') });
    }
    expect((await run(['list', '-p', '..'])).err).toBe('".." names nothing.\n');
  });

  it('says that a list is empty', async () => {
    expect((await run(['list', '-p', project, '-s', 'done'])).out).toBe('No tasks.\n');
  });
});
