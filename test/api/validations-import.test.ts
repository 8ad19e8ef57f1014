import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';

interface Imported {
  id: string;
  validationType: string;
  status: string;
  toolName: string;
  findings: { new: number; existing: number; fixed: number } | null;
}

interface Import {
  created: Imported[];
  unchanged: Imported[];
}

interface Finding {
  rule: string | null;
  file: string | null;
  startLine: number | null;
  startColumn: number | null;
  endLine: number | null;
  endColumn: number | null;
  severity: string;
  message: string;
  state: string;
  suppressed: boolean;
}

interface SarifResult {
  ruleId: string;
  level: string;
  message: { text: string };
  suppressions?: object[];
  locations: {
    physicalLocation: { artifactLocation: { uri: string }; region: Record<string, number | undefined> };
  }[];
}

const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/validations/${name}`, import.meta.url), 'utf8');
const XML = 'application/xml';

let app: TestApp;
let ada: TestUser;
let bot: TestUser;
let eve: TestUser;
let team: string;

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.user('developer', 'ada');
  bot = await app.user('api_client', 'bot');
  eve = await app.user('developer', 'eve');
  team = await app.team(ada, bot);
});

afterAll(() => app.close());

async function newTask(): Promise<string> {
  const { body } = await new Client(app.url, ada).post<{ id: string }>('/tasks', { title: 'checked', teamId: team });
  return body.data.id;
}

function send(file: string, query: string, type = 'application/json', user = ada): Promise<Reply<Import>> {
  return new Client(app.url, user).with({ 'content-type': type }).post<Import>(`/validations/import?${query}`, file);
}

async function imported(file: string, query: string, type?: string): Promise<Import> {
  const { status, body } = await send(file, query, type);
  expect([status, body.detail]).toEqual([200, undefined]);
  return body.data;
}

async function findingsOf(id: string): Promise<Finding[]> {
  const all: Finding[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Reply<Finding[]> = await new Client(app.url, ada).get(
      `/validations/${id}/findings?limit=100&cursor=${cursor}`,
    );
    all.push(...page.body.data);
    cursor = page.body.pagination!.nextCursor;
  }
  return all;
}

const validation = async (id: string): Promise<Record<string, unknown>> =>
  (await new Client(app.url, ada).get(`/validations/${id}`)).body.data;

const unescaped = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');

/** The contents of a JUnit file, read with regular expressions, independently of the parser under test. */
function saidBy(xml: string): { tests: number; failed: string[]; skipped: string[] } {
  const cases = [...xml.matchAll(/<testcase\b([^>]*[^/])(?:\/>|>([\s\S]*?)<\/testcase>)/g)];
  const named = (inner: RegExp): string[] =>
    cases.flatMap(([, attributes = '', body = '']) =>
      inner.test(body) ? [unescaped(/ name="([^"]*)"/.exec(attributes)?.[1] ?? '')] : [],
    );
  return { tests: [...xml.matchAll(/<testcase\b/g)].length, failed: named(/<failure/), skipped: named(/<skipped/) };
}

// Seen to fail: when reportWithin dropped the second half of every batch, the counts differed from the file's.
describe('reports of real tools', () => {
  it('of ESLint keep every result: rule, place, level, message and suppression', async () => {
    const text = fixture('eslint.sarif');
    const { results } = (JSON.parse(text) as { runs: { results: SarifResult[] }[] }).runs[0]!;
    const { created } = await imported(text, `taskId=${await newTask()}&format=sarif&validationType=style`);
    expect(created).toMatchObject([
      { validationType: 'style', status: 'failed', toolName: 'ESLint', findings: { new: results.length, existing: 0 } },
    ]);
    const found = await findingsOf(created[0]!.id);
    expect(results.length).toBeGreaterThan(8);
    expect(
      found.map(({ rule, severity, message, suppressed, startLine, startColumn, endLine, endColumn }) => [
        ...[rule, severity, message, suppressed, startLine, startColumn, endLine, endColumn],
      ]),
    ).toEqual(
      results.map(({ ruleId, level, message, suppressions, locations }) => {
        const { startLine, startColumn, endLine, endColumn } = locations[0]!.physicalLocation.region;
        const place = [startLine, startColumn, endLine, endColumn].map((value) => value ?? null);
        return [ruleId, level, message.text, (suppressions ?? []).length > 0, ...place];
      }),
    );
    expect(found.map(({ file }) => file)).toEqual(
      results.map(({ locations }) => locations[0]!.physicalLocation.artifactLocation.uri),
    );
    expect(await validation(created[0]!.id)).toMatchObject({
      validationData: { format: 'sarif', results: results.length, tool: { name: 'ESLint' } },
    });
  });

  it.each(['jest-junit.xml', 'node-test.xml'])(
    '%s: counts every test, and keeps failed and skipped ones',
    async (name) => {
      const text = fixture(name);
      const said = saidBy(text);
      const { created } = await imported(text, `taskId=${await newTask()}&format=junit&validationType=testing`, XML);
      expect(created).toMatchObject([{ validationType: 'testing', status: 'failed' }]);
      const { validationData } = (await validation(created[0]!.id)) as { validationData: Record<string, number> };
      const failed = said.failed.length;
      const skipped = said.skipped.length;
      expect(validationData).toMatchObject({
        ...{ tests: said.tests, failures: failed, errors: 0, skipped, passed: said.tests - failed - skipped },
      });
      const found = await findingsOf(created[0]!.id);
      const of = (severity: string): string[] =>
        found.flatMap((one) => (one.severity === severity ? [one.rule!.replace(/^.* › /, '')] : []));
      expect(of('error')).toEqual(said.failed);
      expect(of('note')).toEqual(said.skipped);
      expect(found.every(({ message, file }) => message !== '' && file !== null)).toBe(true);
      expect(said.tests).toBeGreaterThanOrEqual(5);
    },
  );
});

describe('an import', () => {
  const result = (n: number, level = 'error'): object => ({
    ruleId: `R${n}`,
    level,
    message: { text: `message ${n}` },
  });
  const file = (name: string, numbers: number[], more: object = {}): object => ({
    tool: { driver: { name } },
    results: numbers.map((n) => result(n)),
    ...more,
  });
  const log = (...runs: object[]): string => JSON.stringify({ version: '2.1.0', runs });

  it('of the same file again returns the same validations and changes nothing', async () => {
    const query = `taskId=${await newTask()}`;
    const text = log(file('a', [1, 2]), file('b', [3]));
    const first = await imported(text, query);
    expect(first.created.map(({ toolName, findings }) => [toolName, findings?.new])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    expect(first.unchanged).toEqual([]);
    const again = await imported(text, query, 'application/sarif+json');
    expect(again).toEqual({ created: [], unchanged: first.created });
    const at = await Promise.all(Array.from({ length: 8 }, () => send(log(file('c', [1])), query)));
    expect(at.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(at.flatMap(({ body }) => body.data.created)).toHaveLength(1);
  });

  it('compares each tool with itself, and two runs of one tool in a file each with its own series', async () => {
    const query = `taskId=${await newTask()}`;
    await imported(log(file('a', [1, 2]), file('b', [7]), file('a', [9])), query);
    const { created } = await imported(log(file('a', [2, 3]), file('b', [7]), file('a', [])), query);
    expect(created.map(({ toolName, status, findings }) => [toolName, status, findings])).toEqual([
      ['a', 'failed', { new: 1, existing: 1, fixed: 1 }],
      ['b', 'failed', { new: 0, existing: 1, fixed: 0 }],
      ['a #2', 'passed', { new: 0, existing: 0, fixed: 1 }],
    ]);
  });

  it('counts the runs of one file together at the gate', async () => {
    const client = new Client(app.url, ada);
    const settings = { validationGate: { requiredTypes: ['security'] } };
    await client.post('/projects', { projectKey: 'together', name: 'x', teamId: team, settings });
    const made = await client.post<{ id: string }>('/tasks', { title: 't', teamId: team, projectKey: 'together' });
    const { id } = made.body.data;
    await imported(log(file('a', [1]), file('b', [])), `taskId=${id}`);
    expect((await client.post(`/tasks/${id}/complete`)).status).toBe(422);
    await imported(log(file('a', []), file('b', [])), `taskId=${id}`);
    expect((await client.post(`/tasks/${id}/complete`)).status).toBe(200);
  });

  it('of many findings keeps them all, in their order', async () => {
    const numbers = Array.from({ length: 2_345 }, (_, n) => n);
    const { created } = await imported(log(file('a', numbers)), `taskId=${await newTask()}`);
    expect((await findingsOf(created[0]!.id)).map(({ rule }) => rule)).toEqual(numbers.map((n) => `R${n}`));
  });

  it('supports dryRun, and repeats its response for an Idempotency-Key', async () => {
    const task = await newTask();
    const text = log(file('a', [1]));
    const dry = await imported(text, `taskId=${task}&dryRun=true`);
    expect(dry.created).toMatchObject([{ status: 'failed', findings: { new: 1 } }]);
    expect((await new Client(app.url, ada).get(`/validations?taskId=${task}`)).body.data).toEqual([]);
    const once = new Client(app.url, ada).with({ 'idempotency-key': 'import-1' });
    const first = await once.post<Import>(`/validations/import?taskId=${task}`, text);
    const second = await once.post<Import>(`/validations/import?taskId=${task}`, text);
    expect([second.status, second.body.data]).toEqual([200, first.body.data]);
    expect(first.body.data.created).toHaveLength(1);
  });

  it('is all or nothing, and reports the problems', async () => {
    const task = await newTask();
    const wrong = await send(JSON.stringify({ version: '3.0.0', runs: [file('a', [1]), 7] }), `taskId=${task}`);
    expect([wrong.status, wrong.body.code]).toEqual([400, 'VALIDATION_FAILED']);
    expect(wrong.body.errors?.map(({ path }) => path).sort()).toEqual(['runs[1]', 'version']);
    expect((await new Client(app.url, ada).get(`/validations?taskId=${task}`)).body.data).toEqual([]);
    const bad = await send('{}', 'format=pdf&validationType=taste');
    expect(bad.body.errors?.map(({ path }) => path)).toEqual(['query.taskId', 'query.format', 'query.validationType']);
    const dtd = await send('<!DOCTYPE x [<!ENTITY a "b">]><testsuite/>', `taskId=${task}`, XML);
    expect([dtd.status, dtd.body.code]).toEqual([400, 'MALFORMED_BODY']);
    expect((await send('<testsuite/>', `taskId=${task}&format=sarif`, XML)).status).toBe(400);
    expect((await send('', `taskId=${task}`, XML)).status).toBe(400);
    expect((await send('x', `taskId=${task}`, 'text/plain')).status).toBe(415);
    expect((await send('<a/>', `taskId=${task}`, 'text/xml; charset=utf-16')).status).toBe(415);
    const elsewhere = await new Client(app.url, ada).with({ 'content-type': XML }).post('/validations', '<a/>');
    expect([elsewhere.status, elsewhere.body.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  it('requires validations:write, and returns no comparison without validations:read', async () => {
    const task = await newTask();
    const text = log(file('a', [1]));
    const foreign = await send(text, `taskId=${task}`, undefined, eve);
    const absent = await send(text, 'taskId=01890000-0000-7000-8000-000000000000', undefined, eve);
    expect([foreign.status, foreign.body.detail]).toEqual([404, absent.body.detail]);
    const blind = await send(text, `taskId=${task}`, undefined, bot);
    expect(blind.body.data.created).toMatchObject([{ status: 'failed', findings: null }]);
    expect((await send(text, `taskId=${task}`, undefined, await app.user('viewer'))).status).toBe(403);
  });
});
