import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';

interface Imported {
  id: string;
  status: string;
}

interface Import {
  created: Imported[];
  unchanged: Imported[];
  setAside?: { path: string; message: string }[];
}

let app: TestApp;
let ada: TestUser;
let bot: TestUser;
let team: string;
let projects = 0;
const as = (user: TestUser): Client => new Client(app.url, user);

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.user('developer', 'ada');
  bot = await app.user('api_client', 'bot');
  team = await app.team(ada, bot);
});

afterAll(() => app.close());

const gate = { requiredTypes: ['security'], maxFindings: { error: 0 } };

async function newTask(validationGate: object = gate): Promise<string> {
  const projectKey = `again-${(projects += 1)}`;
  await as(ada).post('/projects', { projectKey, name: 'x', teamId: team, settings: { validationGate } });
  const { body } = await as(ada).post<{ id: string }>('/tasks', { title: 't', teamId: team, projectKey });
  return body.data.id;
}

const send = (file: string | Buffer, task: string, query = '', user = ada): Promise<Reply<Import>> =>
  as(user)
    .with({ 'content-type': file.toString().startsWith('{') ? 'application/json' : 'application/xml' })
    .post<Import>(`/validations/import?taskId=${task}&validationType=security${query}`, file.toString());

async function imported(file: string, task: string, user = ada): Promise<Import> {
  const { status, body } = await send(file, task, '', user);
  expect([status, body.detail]).toEqual([200, undefined]);
  return body.data;
}

const complete = async (task: string): Promise<number> => (await as(ada).post(`/tasks/${task}/complete`)).status;

const result = (n: number): object => ({ ruleId: `R${n}`, level: 'error', message: { text: `message ${n}` } });
const run = (name: string, numbers: number[], more: object = {}): object => ({
  tool: { driver: { name } },
  results: numbers.map(result),
  ...more,
});
const log = (...runs: object[]): string => JSON.stringify({ version: '2.1.0', runs });
const nil = { automationDetails: { guid: '00000000-0000-0000-0000-000000000000' } };
const xml = (inner: string): string => `<testsuite name="s">${inner}</testsuite>`;

// Seen to fail: with app.begin_import answering the id of any result with the key, the third import is `unchanged` and the task
// completes; without its lock, eight at once record several.
describe('a report that is imported again', () => {
  it.each([
    ['SARIF', log(run('Lint', [1])), log(run('Lint', []))],
    ['SARIF with a constant guid', log(run('Lint', [1], nil)), log(run('Lint', [], nil))],
    ['JUnit', xml('<testcase name="a"><failure/></testcase>'), xml('<testcase name="a"/>')],
  ])('is recorded again unless it repeats the latest result: %s', async (_, red, green) => {
    const task = await newTask();
    const ids: string[] = [];
    for (const [file, isNew] of [
      ...[
        [red, true],
        [red, false],
        [green, true],
        [green, false],
      ],
      ...[
        [red, true],
        [red, false],
        [green, true],
        [red, true],
      ],
    ] as [string, boolean][]) {
      const { created, unchanged } = await imported(file, task);
      expect([created.length, unchanged.length]).toEqual(isNew ? [1, 0] : [0, 1]);
      if (isNew) ids.push(created[0]!.id);
      else expect(unchanged[0]!.id).toBe(ids.at(-1));
    }
    expect(new Set(ids).size).toBe(5);
    expect(await complete(task)).toBe(422);
    await imported(green, task, bot);
    expect(await complete(task)).toBe(200);
  });

  it('is recorded again after a result that somebody posted', async () => {
    const task = await newTask();
    await imported(log(run('Lint', [1])), task);
    const passed = { taskId: task, validationType: 'security', validationStatus: 'passed' };
    await as(ada).post('/validations', passed);
    expect((await imported(log(run('Lint', [1])), task)).created).toHaveLength(0);
    await as(ada).post('/validations', { ...passed, toolName: 'Lint' });
    expect((await imported(log(run('Lint', [1])), task)).created).toHaveLength(1);
    expect(await complete(task)).toBe(422);
  });

  it('is recorded again when its result was changed or tried again since', async () => {
    const task = await newTask();
    const red = log(run('Lint', [1]));
    const { id } = (await imported(red, task)).created[0]!;
    await as(ada).post(`/validations/${id}/retry`);
    await as(ada).patch(`/validations/${id}`, { validationStatus: 'passed', findings: [] });
    expect((await imported(red, task)).created).toHaveLength(1);
    expect(await complete(task)).toBe(422);
    const { unchanged } = await imported(red, task);
    await as(ada).patch(`/validations/${unchanged[0]!.id}`, { findings: [] });
    expect((await imported(red, task)).created).toHaveLength(1);
  });

  it('with another run beside it is recorded as a whole, so that all its runs count together', async () => {
    const task = await newTask();
    const red = run('a', [1], { automationDetails: { guid: 'g-1' } });
    await imported(log(red), task);
    expect((await imported(log(red, run('b', [])), task)).created.map(({ status }) => status)).toEqual([
      'failed',
      'passed',
    ]);
    expect(await complete(task)).toBe(422);
  });

  it('with the guid of another one is not taken for it, and in other bytes with the same content it is', async () => {
    const task = await newTask();
    const guid = { automationDetails: { id: 'ci/', guid: 'g' } };
    const first = await imported(log(run('a', [1], guid)), task);
    expect((await imported(`${log(run('a', [1], guid))}\n`, task)).unchanged).toEqual(first.created);
    expect((await imported(log(run('a', [1, 2], guid)), task)).created).toHaveLength(1);
  });

  it('by eight at once is recorded once, and different reports at once all are', async () => {
    const task = await newTask();
    const same = await Promise.all(Array.from({ length: 8 }, () => send(log(run('a', [1])), task)));
    expect(same.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(same.flatMap(({ body }) => body.data.created)).toHaveLength(1);
    expect(same.flatMap(({ body }) => body.data.unchanged)).toHaveLength(7);
    const mixed = await Promise.all(
      Array.from({ length: 8 }, (_, n) => send(log(run('a', n % 2 === 0 ? [1] : [])), task)),
    );
    const times = await app.sql<{ status: string; external_id: string }>(
      `select validation_status as status, external_id from public.validation_results
where task_id = $1 order by recorded_at`,
      [task],
    );
    const created = 1 + mixed.flatMap(({ body }) => body.data.created).length;
    expect(times).toHaveLength(created);
    // No two neighbours are the same, because the second would have repeated the first.
    for (const [n, { status }] of times.entries()) expect(status).not.toBe(times[n - 1]?.status);
  });

  it('rehearses with dryRun what it would do', async () => {
    const task = await newTask();
    await imported(log(run('a', [1])), task);
    await imported(log(run('a', [])), task);
    expect((await send(log(run('a', [1])), task, '&dryRun=true')).body.data.created).toHaveLength(1);
    expect(await complete(task)).toBe(200);
  });
});

describe('a report that tells of a failure in some other way than a finding keeps the task open', () => {
  it.each([
    ['a run without results', log({ tool: { driver: { name: 'Scan' } } })],
    [
      'results in another file',
      log(run('Scan', [], { externalPropertyFileReferences: { results: [{ itemCount: 1 }] } })),
    ],
    [
      'an error notification',
      log(
        run('Scan', [], {
          invocations: [
            { executionSuccessful: true, toolExecutionNotifications: [{ level: 'error', message: { text: 'm' } }] },
          ],
        }),
      ),
    ],
    [
      'a suite that crashed',
      '<testsuites errors="1"><testsuite tests="1"><testcase name="a"/></testsuite><testsuite tests="0" errors="1"/></testsuites>',
    ],
    ['an error of a suite', xml('<testcase name="fine"/><error message="clean-up failed"/>')],
    ['failures that are only counted', '<testsuite tests="10" failures="3"><testcase name="a"/></testsuite>'],
    ['a status word', xml('<testcase name="a" status="run"/><testcase name="b" status="fail"/>')],
    ['no test that ran', '<testsuites/>'],
  ])('%s', async (_, file) => {
    const [strict, counting] = [await newTask(), await newTask({ maxFindings: { error: 0 } })];
    await imported(file, strict);
    expect(await complete(strict)).toBe(422);
    await imported(file, counting, bot);
    expect(await complete(counting)).toBe(422);
  });
});

describe('an import with odd values', () => {
  it('keeps the rest, answers what was set aside, and keeps it with the result', async () => {
    const task = await newTask();
    const text = `<?xml version="1.0" encoding="utf8"?><testsuite timestamp="20261"><testcase name="\u001b[1ma" time="-1"/></testsuite>`;
    const { created, setAside } = await imported(text, task);
    const places = ['testsuite.timestamp', expect.stringMatching(/^line 1, column \d+$/), 'testsuite.testcase[0].time'];
    expect(setAside?.map(({ path }) => path)).toEqual(places);
    const { body } = await as(ada).get(`/validations/${created[0]!.id}`);
    expect(body.data).toMatchObject({
      validationStatus: 'passed',
      validationData: { setAside: setAside!.map((one) => one) },
    });
    expect((await imported(xml('<testcase name="a"/>'), task)).setAside).toBeUndefined();
  });

  it.each([
    ['a JUnit time out of range', '<testsuite timestamp="20261"><testcase name="a" time="1"/></testsuite>'],
    ['a JUnit time without its end', '<testsuite timestamp="2099-01-01T00:00:00"><testcase name="a"/></testsuite>'],
    [
      'a SARIF time out of range',
      log(run('a', [], { invocations: [{ executionSuccessful: true, startTimeUtc: '+275760-01-01' }] })),
    ],
    [
      'a SARIF time ahead of our clock',
      log(run('a', [], { invocations: [{ executionSuccessful: true, startTimeUtc: '2099-01-01T00:00:00Z' }] })),
    ],
  ])('loses no results to %s', async (_, text) => {
    expect((await imported(text, await newTask())).created).toMatchObject([{ status: 'passed' }]);
  });

  it('loses no results to characters that cannot be stored, wherever they are', async () => {
    const wild = 'a\0b\ud800\u001b[31mc';
    const file = {
      ...{ tool: { driver: { name: wild, [wild]: wild } }, automationDetails: { guid: wild, id: wild } },
      ...{ results: [{ ruleId: wild, message: { text: wild }, partialFingerprints: { [wild]: 1 } }] },
      ...{ invocations: [{ executionSuccessful: true, commandLine: wild }] },
    };
    const { created, setAside } = await imported(log(file), await newTask());
    expect(created).toMatchObject([{ status: 'warning' }]);
    expect(setAside?.[0]?.path).not.toMatch(/\p{Cc}/u);
    const junit = xml(
      `<properties><property name="a\0" value="\0"/></properties><testcase name="\0"><failure>\0</failure></testcase>`,
    );
    expect((await imported(junit, await newTask())).created).toMatchObject([{ status: 'failed' }]);
  });

  it('reads UTF-16, and refuses bytes that are not what they are declared to be', async () => {
    const task = await newTask();
    const post = async (body: Buffer, type: string): Promise<{ status: number; detail?: string; data?: Import }> => {
      const response = await fetch(`${app.url}/api/v1/validations/import?taskId=${task}`, {
        method: 'POST',
        headers: { 'x-api-key': ada.key, 'content-type': type },
        body: new Uint8Array(body),
      });
      return { status: response.status, ...((await response.json()) as { detail?: string; data?: Import }) };
    };
    const junit = '<?xml version="1.0" encoding="UTF-16"?><testsuite><testcase name="Größe"/></testsuite>';
    const wide = Buffer.from(`\uFEFF${junit}`, 'utf16le');
    expect(await post(wide, 'application/xml')).toMatchObject({
      status: 200,
      data: { created: [{ status: 'passed' }] },
    });
    const sarif = Buffer.from(`\uFEFF${log(run('a', [1]))}`, 'utf16le');
    expect(await post(sarif, 'application/json')).toMatchObject({
      status: 200,
      data: { created: [{ status: 'failed' }] },
    });
    const latin = Buffer.from('<testsuite name="Größe"/>', 'latin1');
    expect(await post(latin, 'text/xml')).toMatchObject({ status: 400, detail: 'The body is not valid UTF-8.' });
  });
});
