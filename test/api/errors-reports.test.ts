import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { GraphqlClient } from '../support/graphql.js';

interface Shown extends Record<string, unknown> {
  id: string;
  errorMessage: string;
  stackTrace: string | null;
  isRegression: boolean;
}

interface Result {
  index: number;
  status: number;
  error?: { code: string; errors: { path: string; code: string }[] };
}

let app: TestApp;
let ada: TestUser;
let client: Client;

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.user('admin', 'ada');
  client = new Client(app.url, ada);
});

afterAll(() => app.close());

const verdicts = (results: readonly Result[]): unknown[] =>
  results.map(({ index, status, error }) => [
    index,
    status,
    ...(error?.errors.map(({ path, code }) => `${path} ${code}`) ?? []),
  ]);

/** Each cannot be stored as it was sent, and where. Seen to fail: with the body checked as a whole, one refused all others. */
const malformed: readonly (readonly [what: string, members: string, path: string])[] = [
  ['a NUL', '"errorMessage":"a\\u0000b"', 'errorMessage'],
  ['a NUL in a name', '"errorMessage":"a","contextData":{"a\\u0000":1}', 'contextData.a\0'],
  ['half of a surrogate pair', '"errorMessage":"a","contextData":{"x":["\\ud83d"]}', 'contextData.x[0]'],
  ['an id of 64 bits', '"errorMessage":"a","contextData":{"user":1546130668394913822}', 'contextData.user'],
  ['a number beyond all', '"errorMessage":"a","errorDetails":{"n":1e400}', 'errorDetails.n'],
  ['a key twice', '"errorMessage":"a","errorMessage":"b"', 'errorMessage'],
  ['a prototype', '"errorMessage":"a","metadata":{"__proto__":{}}', 'metadata.__proto__'],
  ['too many levels', `"errorMessage":"a","metadata":{"d":${'['.repeat(40)}${']'.repeat(40)}}`, 'metadata.d'],
];

describe('a batch with one report that cannot be stored', () => {
  it.each(malformed)('%s: counts the others and names it by its index', async (_, members, path) => {
    const body = `{"errors":[{"errorMessage":"good one"},{${members}},{"errorMessage":"good two"}]}`;
    const { status, body: answer } = await client.call<Result[]>('POST', '/errors/batch', body);
    expect(status).toBe(200);
    const [first, second, third] = answer.data;
    expect([first?.status, second?.status, third?.status].map((one) => (one === 201 ? 200 : one))).toEqual([
      200, 400, 200,
    ]);
    expect(second?.error?.errors[0]?.code).toBe('MALFORMED_VALUE');
    expect(second?.error?.errors[0]?.path).toMatch(new RegExp(`^errors\\[1\\]\\.${path.replace(/[[\]]/g, '\\$&')}`));
    const alone = await client.call('POST', '/errors', `{${members}}`);
    expect([alone.status, alone.body.code]).toEqual([400, 'MALFORMED_BODY']);
    // A body that is too deep is refused before it is walked, and so without a path.
    expect((alone.body.errors?.[0]?.path ?? path).startsWith(path)).toBe(true);
  });

  it.each(malformed)('%s: the same in bulk, unless it is atomic', async (_, members, path) => {
    const task = members.replaceAll('errorMessage', 'title').replace(/contextData|errorDetails/, 'metadata');
    const operations = `[{"op":"create","task":{"title":"good"}},{"op":"create","task":{${task}}}]`;
    const { body } = await client.call<Result[]>('POST', '/tasks/bulk', `{"operations":${operations}}`);
    expect(body.data.map(({ status }) => status)).toEqual([201, 400]);
    const place = path.replace('errorMessage', 'title').replace(/contextData|errorDetails/, 'metadata');
    expect(body.data[1]?.error?.errors[0]?.path.startsWith(`operations[1].task.${place}`)).toBe(true);
    const atomic = await client.call('POST', '/tasks/bulk', `{"atomic":true,"operations":${operations}}`);
    expect([atomic.status, atomic.body.errors?.[0]?.path.startsWith('operations[1].')]).toEqual([400, true]);
  });

  it('is the same in GraphQL, as a variable and as a literal', async () => {
    const graphql = new GraphqlClient(app.url, ada);
    const errors = [
      { errorMessage: 'good' },
      { errorMessage: 'a\0b' },
      { errorMessage: 'x', contextData: { n: 2 ** 60 } },
    ];
    const query =
      'mutation ($errors: [NewError!]!) { recordErrors(input: { errors: $errors }) { index status error } }';
    for (let turn = 0; turn < 3; turn += 1) {
      const { data, errors: failures } = await graphql.run<{ recordErrors: Result[] }>(query, { errors });
      expect(failures).toEqual([]);
      expect(verdicts(data?.recordErrors ?? [])).toEqual([
        [0, turn === 0 ? 201 : 200],
        [1, 400, 'errors[1].errorMessage MALFORMED_VALUE'],
        [2, 400, 'errors[2].contextData.n MALFORMED_VALUE'],
      ]);
    }
    const literal = await graphql.run<{ bulkTasks: Result[] }>(
      'mutation { bulkTasks(input: { operations: [{ op: "create", task: { title: "a\\u0000b" } }, { op: "create", task: { title: "b" } }] }) { index status } }',
    );
    expect(literal.data?.bulkTasks.map(({ status }) => status)).toEqual([400, 201]);
  });

  it('is refused as a whole where the body itself is wrong', async () => {
    for (const body of [
      '{"errors":[{"errorMessage":"a"}],"errors":null}',
      '{"errors":[{"errorMessage":"a\\u0000"}],"errors":null}',
      '{"x":"\\u0000","errors":[{"errorMessage":"a"}]}',
      `{"errors":${'['.repeat(300)}${']'.repeat(300)}}`,
    ]) {
      const { status, body: answer } = await client.call('POST', '/errors/batch', body);
      expect([status, answer.code]).toEqual([400, 'MALFORMED_BODY']);
    }
  });
});

describe('a report that is too long', () => {
  it('is cut and marked, and not refused', async () => {
    const errorMessage = `begin ${'x'.repeat(30_000)}`;
    const stackTrace = `Error: deep\n${'    at walk (/app/src/tree.js:7:1)\n'.repeat(8_000)}    at main (/app/src/main.js:1:1)`;
    const { status, body } = await client.post<Shown>('/errors', { errorMessage, stackTrace });
    expect(status).toBe(201);
    expect(body.data.errorMessage).toMatch(/^begin x+ \[\.\.\. 10006 characters cut \.\.\.\]$/);
    expect(body.data.stackTrace).toMatch(
      /^Error: deep\n[^]*\n\[\.\.\. \d+ characters cut \.\.\.\]\n[^]*at main \(\/app\/src\/main\.js:1:1\)$/,
    );
    expect(body.data.stackTrace?.length).toBeLessThan(200_100);
    const again = await client.post<Shown>('/errors', { errorMessage: 'short', stackTrace });
    expect([again.status, again.body.data.id]).toEqual([200, body.data.id]);
  });

  // Mutations that this fails on: cut between the halves of a pair, PostgreSQL refuses the text.
  it('is not cut inside of a character, nor through a secret', async () => {
    for (const shift of ['', 'a']) {
      const { status, body } = await client.post<Shown>('/errors', { errorMessage: `${shift}${'😀'.repeat(11_000)}` });
      expect([status, body.data.errorMessage.includes('\ufffd')]).toEqual([201, false]);
    }
    const secret = `sk_live_${'k'.repeat(40)}`;
    const { body } = await client.post<Shown>('/errors', {
      errorMessage: `${'y '.repeat(9_990)}${secret} ${'z '.repeat(2_000)}`,
    });
    expect(body.data.errorMessage).not.toContain('sk_live');
    const code = await client.post<Shown>('/errors', {
      errorMessage: 'm',
      errorCode: '😀'.repeat(50),
      userAgent: '😀'.repeat(1_000),
    });
    expect(code.status).toBe(201);
  });
});

describe('a release that is none', () => {
  it.each(['999.9.9', 'dev', '20261128', '3f2a9c1', '99.99.99'])(
    '%s does not keep an error from regressing',
    async (outlier) => {
      const fingerprint = randomUUID();
      const report = async (serviceVersion: string): Promise<Shown> =>
        (await client.post<Shown>('/errors', { errorMessage: 'm', fingerprint, serviceName: outlier, serviceVersion }))
          .body.data;
      const { id } = await report('2.4.0');
      await report(outlier);
      await client.post(`/errors/${id}/resolve`, {});
      expect((await report('2.4.1')).isRegression).toBe(true);
      await client.post(`/errors/${id}/resolve`, { inNextRelease: true });
      expect((await report('2.5.0')).isRegression).toBe(true);
      await client.post(`/errors/${id}/resolve`, { inVersion: '2.5.0' });
      expect((await report('2.4.0')).isRegression).toBe(false);
    },
  );
});

describe('the placeholder of Sentry', () => {
  it('{{ default }} divides the usual groups, and alone changes nothing', async () => {
    const groupOf = async (errorMessage: string, fingerprint?: string[]): Promise<string> =>
      (await client.post<Shown>('/errors', { errorMessage, ...(fingerprint ? { fingerprint } : {}) })).body.data.id;
    const tenants = ['database down', 'image too large'].flatMap((message) =>
      ['a', 'b'].map((tenant) => groupOf(message, ['{{ default }}', tenant])),
    );
    expect(new Set(await Promise.all(tenants)).size).toBe(4);
    expect(await groupOf('database down', ['{{ default }}'])).toBe(await groupOf('database down'));
  });
});
