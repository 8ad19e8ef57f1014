import type { GraphQLInputObjectType } from 'graphql';
import { coerceInputValue } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { GraphqlEndpoint } from '../../src/platform/graphql/graphql-endpoint.js';
import { OperationRegistry } from '../../src/platform/operations/registry.js';
import { acceptedWords } from '../../src/platform/schema/filter-value.js';
import { parseList } from '../../src/platform/schema/list-query.js';
import { filterParameters } from '../../src/platform/schema/list-request.js';
import { listRequestOf } from '../../src/platform/schema/typed-list.js';
import { Client } from '../support/client.js';
import { GraphqlClient } from '../support/graphql.js';
import { TaskSuite } from './task-suite.js';

const program = fileURLToPath(new URL('./cli-program.mjs', import.meta.url));

interface OpenApi {
  readonly paths: Readonly<
    Record<string, { readonly get: { readonly parameters: { readonly description: string }[] } }>
  >;
}

let suite: TaskSuite;
let admin: Client;
let graphql: GraphqlClient;

beforeAll(async () => {
  suite = await TaskSuite.start();
  const user = await suite.app.user('admin', 'admin');
  admin = new Client(suite.app.url, user);
  graphql = new GraphqlClient(suite.app.url, suite.ada);
  for (const projectKey of ['shop', 'null']) {
    expect((await suite.client.post('/projects', { projectKey, name: projectKey })).status).toBe(201);
  }
  for (const task of [
    { title: 'done', status: 'done', priority: 'high', projectKey: 'shop' },
    { title: 'begun', status: 'in-progress', priority: 5, projectKey: 'shop' },
    { title: 'stuck', status: 'blocked', priority: 7, projectKey: 'null' },
    { title: 'free', status: 'pending', priority: 0, assignedTo: 'Doe, Jane', tags: ['a,b', '"c"'] },
    { title: 'nobody', status: 'pending', priority: 0, assignedTo: 'null', tags: ['a', 'b'] },
  ]) {
    await suite.create(task);
  }
});

afterAll(() => suite.app.close());

async function titles(query: string): Promise<string[]> {
  const { status, body } = await suite.client.get<{ title: string }[]>(`/tasks?sort=title&${query}`);
  expect([query, status]).toEqual([query, 200]);
  return body.data.map(({ title }) => title);
}

async function inGraphql(filter: string): Promise<string[] | string | undefined> {
  const { data, code } = await graphql.run<{ tasks: { nodes: { title: string }[] } | null }>(
    `{ tasks(sort: "title", filter: ${filter}) { nodes { title } } }`,
  );
  return data?.tasks?.nodes.map(({ title }) => title) ?? code;
}

function run(...args: string[]): Promise<{ code: number; out: string }> {
  const own = { TASKMASTER_URL: suite.app.url, TASKMASTER_API_KEY: suite.ada.key };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--no-warnings', program, ...args],
      { env: { ...process.env, ...own }, timeout: 60_000 },
      (error, out) => resolve({ code: error ? Number(error.code) : 0, out }),
    );
  });
}

describe('the words of inputs in filters', () => {
  it.each([
    ['status=done', '{ status: ["done"] }', ['done']],
    ['status=completed', '{ status: [completed] }', ['done']],
    ['status=in-progress', '{ status: "in-progress" }', ['begun']],
    ['status=blocked', '{ status: ["blocked"] }', ['stuck']],
    ['status=todo', '{ status: ["todo"] }', ['free', 'nobody', 'stuck']],
    ['status=blocked,done', '{ status: ["blocked", completed] }', ['done', 'stuck']],
    ['priority=high', '{ priority: ["high"] }', ['done']],
    ['priority=medium,7', '{ priority: ["medium", 7] }', ['begun', 'stuck']],
    ['priorityMin=medium&priorityBelow=high', '{ priorityMin: "medium", priorityBelow: "high" }', ['begun', 'stuck']],
    ['priorityAbove=5&priorityMax=8', '{ priorityAbove: 5, priorityMax: 8 }', ['done', 'stuck']],
  ])('%s finds the same on REST and GraphQL', async (query, filter, expected) => {
    expect(await titles(query)).toEqual(expected);
    expect(await inGraphql(filter)).toEqual(expected);
  });

  // Seen to fail: with the enums of the output as the types of these filters, "done" and "high" were refused.
  it('mean the same on REST and GraphQL, each word of each field of each list', async () => {
    const { schema } = await suite.app.app.get(GraphqlEndpoint).service();
    const lists = suite.app.app
      .get(OperationRegistry)
      .all()
      .filter(({ list }) => list !== undefined);
    const words: string[] = [];
    for (const { list, graphql: surface } of lists) {
      const name = typeof surface === 'string' ? surface : 'field' in surface ? surface.field : '';
      const filter = schema
        .getQueryType()
        ?.getFields()
        [name]?.args.find((one) => one.name === 'filter')?.type;
      for (const [parameter, { field }] of list ? filterParameters(list.shape) : []) {
        for (const word of acceptedWords(field) ?? Object.keys(field.words ?? {})) {
          const sent = coerceInputValue({ [parameter]: word }, filter!) as Record<string, unknown>;
          const wants = { fields: [], total: false, edges: false };
          expect([name, parameter, word, listRequestOf(list!, { filter: sent, wants }).filters]).toEqual([
            ...[name, parameter, word, parseList(list!, { [parameter]: word }).filters],
          ]);
          words.push(`${name} ${parameter} ${word}`);
        }
      }
    }
    expect(words).toEqual(expect.arrayContaining(['tasks status in-progress', 'tasks priorityMin urgent']));
    expect(words).toEqual(expect.arrayContaining(['errors errorSeverity fatal', 'audit operation UPDATE']));
  });

  it('are named where a filter is documented, on REST and GraphQL', async () => {
    const { schema } = await suite.app.app.get(GraphqlEndpoint).service();
    const filter = (schema.getType('TaskFilter') as GraphQLInputObjectType).getFields();
    expect(filter['status']?.description).toBe(
      'Equal to one of these values (pending, in_progress, completed, failed, cancelled, todo, in-progress, done, review, blocked, deferred).',
    );
    expect(filter['stage']?.description).toMatch(/\(review, blocked, deferred\); null matches rows without a value\.$/);
    expect(filter['priorityMin']?.description).toBe(
      'At least this value or word (low, medium, high, urgent, critical).',
    );
    const { paths } = (await (await fetch(`${suite.app.url}/api/v1/openapi.json`)).json()) as OpenApi;
    const described = paths['/api/v1/tasks']?.get.parameters.map(({ description }) => description);
    expect(described).toContain('priority is at least this value or word (low, medium, high, urgent, critical).');
  });

  it('are those of severities for errors', async () => {
    await admin.post('/errors', { errorMessage: 'broken', errorSeverity: 'fatal' });
    for (const word of ['critical', 'fatal']) {
      const { body } = await admin.get<{ errorSeverity: string }[]>(`/errors?errorSeverity=${word}`);
      expect(body.data.map(({ errorSeverity }) => errorSeverity)).toEqual(['critical']);
    }
  });

  it('are taken and shown by the command line', async () => {
    const { code, out } = await run('list', '--status', 'done', '--priority', 'high');
    expect([code, out]).toEqual([0, expect.stringMatching(/completed +8 \(high\) +- +done/)]);
    expect((await run('list', '--status', 'in-progress')).out).toMatch(/in_progress +5 \(medium\) /);
    expect((await run('list', '--status', 'blocked')).out).toMatch(/blocked +7 +- /);
  });
});

describe('a word that means nothing', () => {
  it.each([
    '/tasks?status=foo',
    '/tasks?status=pending,foo',
    '/tasks?stage=foo',
    '/tasks?priority=hihg',
    '/tasks?priorityMin=hihg',
    '/tasks?priority=99999999999',
    '/tasks?status=Done',
    '/tasks?status=',
    '/validations?validationType=foo',
    '/validations?validationStatus=foo',
    '/errors?errorSeverity=foo',
    '/errors?resolutionStatus=foo',
    '/audit?operation=foo',
    '/changes?types=task.exploded',
    '/changes?types=task.created,planet.*',
    '/webhooks?disabledReason=foo',
    '/analytics/tasks?groupBy=foo',
    '/analytics/validations?type=foo',
    '/analytics/errors?window=foo',
  ])('is refused in %s', async (path) => {
    const { status, body } = await admin.get(path);
    expect([status, body.code]).toEqual([400, 'VALIDATION_FAILED']);
  });

  it('is refused in GraphQL and by the command line, which then fails', async () => {
    for (const filter of ['{ status: ["foo"] }', '{ status: [foo] }', '{ priority: ["hihg"] }', '{ stage: [foo] }']) {
      expect([filter, await inGraphql(filter)]).toEqual([filter, 'VALIDATION_FAILED']);
    }
    expect((await run('list', '--status', 'foo')).code).toBe(2);
    expect((await run('errors', 'list', '--severity', 'foo')).code).not.toBe(0);
  });
});

describe('a project or list that there is not', () => {
  it.each([
    '/tasks?projectKey=nope',
    '/tasks?projectKey=shop,nope',
    '/tasks?projectKey=nope&status=pending',
    '/tasks?list=nope',
    '/tasks?list=master,nope',
    '/projects/shop/tasks?list=nope',
    '/projects/shop/tasks?projectKey=nope',
    '/projects/nope/tasks',
    '/errors?projectKey=nope',
    '/validations?projectKey=nope',
    '/webhooks?projectKey=nope',
    '/changes?projectKey=nope',
    '/analytics/tasks?projectKey=nope',
    '/analytics/validations?projectKey=nope',
    '/analytics/errors?projectKey=nope',
  ])('is told from one without rows in %s', async (path) => {
    const { status, body } = await admin.get(path);
    expect([status, body.code]).toEqual([404, 'NOT_FOUND']);
  });

  it('is not one that has no rows, and looks like one of others', async () => {
    expect((await suite.client.post('/projects', { projectKey: 'empty', name: 'empty' })).status).toBe(201);
    for (const path of [
      '/tasks?projectKey=empty',
      '/tasks?projectKey=empty&list=master',
      '/projects/empty/tasks?list=master',
      '/tasks?projectKey=shop&status=failed',
      '/tasks?projectKey=shop&offset=100',
      '/analytics/tasks?projectKey=empty',
      '/changes?projectKey=empty',
    ]) {
      expect([path, (await suite.client.get(path)).status]).toEqual([path, 200]);
    }
    const [foreign, absent] = [
      await suite.asBob.get('/tasks?projectKey=empty'),
      await suite.asBob.get('/tasks?projectKey=nope'),
    ];
    expect([foreign.status, foreign.body.detail]).toEqual([404, absent.body.detail?.replace('nope', 'empty')]);
  });

  it('is told in GraphQL and by the command line', async () => {
    expect(await inGraphql('{ projectKey: ["nope"] }')).toBe('NOT_FOUND');
    expect((await graphql.run('{ taskAnalytics(projectKey: "nope") { groupBy } }')).code).toBe('NOT_FOUND');
    expect((await run('list', '--project', 'nope')).code).toBe(1);
    expect((await run('list', '--project', 'shop', '--tag', 'nope')).code).toBe(1);
    expect((await run('changes', '--project', 'nope')).code).toBe(1);
  });
});

describe('ranges', () => {
  it('that are adjacent cover midnight once', async () => {
    const midnight = '2026-07-01T00:00:00Z';
    for (const dueDate of ['2026-06-30T23:59:59.999999Z', midnight, '2026-07-01T00:00:00.000001Z']) {
      await suite.create({ title: 'due', dueDate });
    }
    const count = async (query: string): Promise<number> => (await titles(`${query}&projectKey=null`)).length;
    expect((await titles('projectKey=null')).sort()).toEqual(['due', 'due', 'due', 'free', 'nobody']);
    expect(await count(`dueBefore=${midnight}`)).toBe(1);
    expect(await count(`dueFrom=${midnight}`)).toBe(2);
    expect(await count(`dueUntil=${midnight}`)).toBe(2);
    expect(await count(`dueAfter=${midnight}`)).toBe(1);
    for (const filter of [`{ dueFrom: "${midnight}" }`, `{ dueUntil: "${midnight}" }`]) {
      expect(await inGraphql(filter)).toHaveLength(2);
    }
  });

  it('have both forms of each end for every field that has a range', async () => {
    const { text } = await suite.client.get('/../../openapi.json');
    const found = JSON.parse(text) as {
      paths: Record<string, { get?: { parameters?: { name: string; in: string }[] } }>;
    };
    const lists = Object.values(found.paths).map(({ get }) => new Set((get?.parameters ?? []).map(({ name }) => name)));
    const ends = { After: ['From', 'Before', 'Until'], Min: ['Above', 'Below', 'Max'] };
    let ranges = 0;
    for (const names of lists) {
      for (const [end, others] of Object.entries(ends)) {
        for (const name of names) {
          if (!name.endsWith(end)) continue;
          ranges += 1;
          for (const other of others) expect(names).toContain(name.replace(new RegExp(`${end}$`), other));
        }
      }
    }
    expect(ranges).toBeGreaterThan(30);
  });
});

describe('a value', () => {
  it.each([
    ['assignedTo="Doe, Jane"', '{ assignedTo: ["Doe, Jane"] }', ['free']],
    ['assignedTo="Doe, Jane","null"', '{ assignedTo: ["Doe, Jane", "null"] }', ['free', 'nobody']],
    ['tags="a,b"', '{ tags: ["a,b"] }', ['free']],
    ['tags=a,b', '{ tags: ["a", "b"] }', ['nobody']],
    ['tags="a,b","""c"""', '{ tags: ["a,b", "\\"c\\""] }', ['free']],
    ['projectKey="null"', '{ projectKey: ["null"] }', ['stuck']],
    ['assignedTo="null"', '{ assignedTo: ["null"] }', ['nobody']],
  ])('%s can hold a comma, a quote and the word null', async (query, filter, expected) => {
    expect(
      await titles(
        query
          .split('&')
          .map((one) => one.replace(/=(.*)/, (_, text: string) => `=${encodeURIComponent(text)}`))
          .join('&'),
      ),
    ).toEqual(expected);
    expect(await inGraphql(filter)).toEqual(expected);
  });

  it('with a quote that is not closed is refused', async () => {
    const { status, body } = await suite.client.get('/tasks?assignedTo=%22Doe');
    expect([status, body.errors?.[0]?.path]).toEqual([400, 'query.assignedTo']);
  });

  it('of a project or list named null is one of the command line', async () => {
    expect((await run('list', '--project', 'null', '--tag', 'null')).code).toBe(1);
    expect((await run('list', '--project', 'null')).out).toContain('stuck');
  });

  it('that cannot be stored is refused on every way', async () => {
    for (const path of ['/tasks?assignedTo=%00', '/tasks?q=%00', '/changes?projectKey=%00', '/tasks?tags=a%00b']) {
      expect([path, (await suite.client.get(path)).status]).toEqual([path, 400]);
    }
    for (const filter of ['{ assignedTo: ["a\\u0000"] }', '{ tags: ["a\\u0000"] }']) {
      expect([filter, await inGraphql(filter)]).toEqual([filter, 'VALIDATION_FAILED']);
    }
  });
});
