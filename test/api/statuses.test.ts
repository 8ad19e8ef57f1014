import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { undeclaredStatus } from '../support/declared-statuses.js';
import type { Judge, OpenApi, Operation } from './fuzz/operations.js';
import { judgeOf, operationsOf } from './fuzz/operations.js';
import type { RawReply } from './raw-request.js';
import { head, sendRaw } from './raw-request.js';

/*
 * The statuses that the server answers before an operation runs. `test/support/client.ts` compares those of all other tests.
 * Seen to fail: without the shared responses, without 304 in lists, and with Node's own answer to an expectation (417).
 */
const document = JSON.parse(
  readFileSync(new URL('../../docs/generated/openapi.json', import.meta.url), 'utf8'),
) as OpenApi;
const operations = operationsOf(document);
const ID = '01890000-0000-7000-8000-000000000000';

let app: TestApp;
let ada: TestUser;
let judge: Judge;

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.user('admin');
  judge = judgeOf(document);
});

afterAll(() => app.close());

type Send = (operation: Operation, path: string) => Promise<RawReply | null>;

const withKey = (more: object = {}): Record<string, string> => ({ 'x-api-key': ada.key, ...more });

/** What is wrong with the reply to each operation: another status, or one that the document does not declare like this. */
async function faultsOf(asked: readonly Operation[], status: number, send: Send): Promise<string[]> {
  const found = await Promise.all(
    asked.map(async (operation) => {
      const reply = await send(operation, operation.path.replaceAll(/\{\w+\}/g, ID));
      if (reply?.status !== status) return `${operation.id} answered ${reply?.status}`;
      const problem = judge(operation, status, reply.headers['content-type'] ?? null, reply.text);
      return problem === null ? null : `${operation.id}: ${problem}`;
    }),
  );
  return found.filter((one) => one !== null);
}

describe('every operation', () => {
  it('declares 405, the answer to a method that its path does not have', async () => {
    const send: Send = (_, path) => sendRaw(app.url, head(`TRACE ${path}`, withKey()));
    expect(await faultsOf(operations, 405, send)).toEqual([]);
  });

  it('declares 431, the answer to headers that are too large', async () => {
    const send: Send = ({ method }, path) =>
      sendRaw(app.url, head(`${method} ${path}`, withKey({ 'x-padding': 'x'.repeat(20_000) })));
    expect(await faultsOf(operations, 431, send)).toEqual([]);
  });

  it('declares 417, the answer to an expectation that is not understood', async () => {
    const send: Send = ({ method }, path) => sendRaw(app.url, head(`${method} ${path}`, withKey({ expect: '200-ok' })));
    expect(await faultsOf(operations, 417, send)).toEqual([]);
  });

  it('declares 414, the answer to a parameter in the path that is too long', async () => {
    const named = operations.filter(({ path }) => path.includes('{'));
    const send: Send = ({ method }, path) =>
      sendRaw(app.url, head(`${method} ${path.replace(ID, 'x'.repeat(300))}`, withKey()));
    expect(named.length).toBeGreaterThan(50);
    expect(await faultsOf(named, 414, send)).toEqual([]);
  });

  it('declares 408, the answer to headers or a body that do not arrive', async () => {
    const unfinished = ({ method, body }: Operation, path: string): string =>
      body === null
        ? head(`${method} ${path}`, withKey()).slice(0, -2)
        : head(`${method} ${path}`, withKey({ 'content-type': 'application/json', 'content-length': '10' }));
    const impatient = await startTestApp({ HTTP_HEADERS_TIMEOUT_MS: '300', HTTP_REQUEST_TIMEOUT_MS: '300' });
    const { key } = await impatient.user('admin');
    const send: Send = (operation, path) => sendRaw(impatient.url, unfinished(operation, path).replace(ada.key, key));
    const faults = await faultsOf(operations, 408, send);
    await impatient.close();
    expect(faults).toEqual([]);
  });
});

describe('the comparison of statuses with the document', () => {
  it('finds one that no operation declares', () => {
    expect(undeclaredStatus('GET', `/api/v1/tasks/${ID}?fields=id`, 418)).toMatch(/GET .* answered 418/);
    expect(undeclaredStatus('DELETE', '/api/v1/tasks/bulk', 418)).toMatch(/answered 418/);
    expect(undeclaredStatus('TRACE', '/api/v1/tasks', 405)).toBeNull();
    expect(undeclaredStatus('GET', '/api/v1/tasks', 304)).toBeNull();
    expect(undeclaredStatus('GET', '/api/v1/nothing', 404)).toBeNull();
  });
});
