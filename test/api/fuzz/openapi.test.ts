import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import type { TestApp, TestUser } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import type { Judge, OpenApi, Operation } from './operations.js';
import { judgeOf, operationsOf, resolver } from './operations.js';
import { inputOf } from './schema-arbitrary.js';
import { thoroughness } from '../../support/thoroughness.js';

/**
 * Fuzzes every operation of the committed OpenAPI document: no 5xx, and no response that the document does not declare.
 * Seen to fail: without `maxLength` on `title`, a response was outside its declared statuses and fields; without the
 * NUL check in the body parser, PostgreSQL's 22021 surfaced.
 */
const document = JSON.parse(
  readFileSync(new URL('../../../docs/generated/openapi.json', import.meta.url), 'utf8'),
) as OpenApi;
const operations = operationsOf(document);
const RUNS = thoroughness.fuzzedRequests;

let app: TestApp;
let judge: Judge;
let ids: Readonly<Record<string, string>>;

beforeAll(async () => {
  app = await startTestApp();
  judge = judgeOf(document);
});

afterAll(async () => {
  await app.close();
});

/** An existing id for every path parameter, so that more than 404 is exercised. */
async function arrange(user: TestUser, path: string): Promise<Readonly<Record<string, string>>> {
  const key = `p-${user.id.slice(-8)}`;
  await app.sql('insert into public.projects (team_id, project_key, name) values ($1, $2, $2)', [user.teamId, key]);
  await app.sql(`insert into public.task_lists (team_id, project_key, list, next_ref) values ($1, $2, 'master', 3)`, [
    user.teamId,
    key,
  ]);
  const tasks = await app.sql<{ id: string }>(
    `insert into public.tasks (team_id, project_key, list, ref, title)
select $1, $2, 'master', r, 'task ' || r from unnest('{1,2}'::text[]) r
returning id`,
    [user.teamId, key],
  );
  const errors = await app.sql<{ id: string }>(
    `insert into public.error_logs (team_id, error_code, error_category, error_severity, error_message)
values ($1, 'E', 'c', 'error', 'm')
returning id`,
    [user.teamId],
  );
  const of = path.startsWith('/api/v1/errors') ? errors : tasks;
  return { id: of[0]?.id ?? '', key, ref: '1', userId: user.id, teamId: user.teamId };
}

interface Input {
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** `wait` delays the response of GET /changes for up to 30 seconds; test/api/changes.test.ts covers it. */
function atOnce(name: string, any: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return name === 'wait' ? any.map((value) => (Number(value) > 0 && Number(value) <= 30 ? 0 : value)) : any;
}

function inputFor(operation: Operation): fc.Arbitrary<Input> {
  const resolve = resolver(document);
  const values = (where: string): fc.Arbitrary<Record<string, unknown>> => {
    const parameters = operation.parameters.filter((parameter) => parameter.in === where);
    const model = Object.fromEntries(
      parameters.map((parameter) => {
        const real = ids[parameter.name];
        const any = atOnce(parameter.name, inputOf(parameter.schema, resolve));
        return [
          parameter.name,
          where === 'path' && real !== undefined
            ? fc.oneof({ weight: 3, arbitrary: fc.constant(real) }, { weight: 1, arbitrary: any })
            : any,
        ];
      }),
    );
    return fc.record(model, where === 'path' ? {} : { requiredKeys: [] });
  };
  return fc.record({
    path: values('path'),
    query: fc.oneof({ weight: 1, arbitrary: fc.constant({}) }, { weight: 2, arbitrary: values('query') }),
    headers: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: values('header') }),
    body: operation.body ? inputOf(operation.body, resolve) : fc.constant(undefined),
  });
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
const wellFormed = (value: unknown): string => text(value).replace(/\p{Surrogate}/gu, '');

function urlOf(operation: Operation, input: Input): string {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(wellFormed(input.path[name]).slice(0, 150) || '-'),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query)) query.set(name, wellFormed(value));
  return `${app.url}${path}${query.size > 0 ? `?${query}` : ''}`;
}

async function send(operation: Operation, input: Input, user: TestUser): Promise<string | null> {
  const visible = (value: unknown): string =>
    text(value)
      .replace(/[^\x20-\x7e]/g, '')
      .slice(0, 300);
  const headers = Object.fromEntries(Object.entries(input.headers).map(([name, value]) => [name, visible(value)]));
  const response = await fetch(urlOf(operation, input), {
    method: operation.method,
    redirect: 'manual',
    headers: {
      'x-api-key': user.key,
      ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
  });
  const answer = await response.text();
  if (response.status >= 500) return `status ${response.status}: ${answer}`;
  return judge(operation, response.status, response.headers.get('content-type'), answer);
}

describe.each(operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
  '%s',
  (_, operation) => {
    it(`answers as documented, ${RUNS} times`, async () => {
      const user = await app.user(/^\/api\/v1\/(users|errors)/.test(operation.path) ? 'admin' : 'developer');
      ids = await arrange(user, operation.path);
      await fc.assert(
        fc.asyncProperty(inputFor(operation), async (input) => {
          expect(await send(operation, input, user)).toBeNull();
        }),
        { numRuns: RUNS, seed: 20_261_121 },
      );
    });
  },
);
