import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GraphqlClient } from '../support/graphql.js';
import { TaskSuite, refusal } from './task-suite.js';

let suite: TaskSuite;
let graphql: GraphqlClient;
let reporter: Awaited<ReturnType<TaskSuite['app']['user']>>;

const CREATE = 'mutation ($input: NewTask!) { createTask(input: $input) { dueDate estimatedHours metadata } }';

beforeAll(async () => {
  suite = await TaskSuite.start();
  graphql = new GraphqlClient(suite.app.url, suite.ada);
  reporter = await suite.app.user('admin', 'reporter');
});

afterAll(() => suite.app.close());

describe('an instant of RFC 3339', () => {
  it.each([
    ['2026-11-28T10:00:00.123456789Z', '2026-11-28T10:00:00.123456+00:00'],
    ['2026-11-28t10:00:00.1234567+01:00', '2026-11-28T09:00:00.123456+00:00'],
    ['1998-12-31T23:59:60z', '1999-01-01T00:00:00+00:00'],
    ['2026-11-28T10:00:00+23:59', '2026-11-27T10:01:00+00:00'],
    ['9999-12-31T23:59:59.9999999Z', '9999-12-31T23:59:59.999999+00:00'],
    ['0001-01-01T00:00:00-00:00', '0001-01-01T00:00:00+00:00'],
  ])('%s is kept on every way in, and its answer is accepted again', async (sent, stored) => {
    const made = await suite.create({ dueDate: sent });
    expect(made['dueDate']).toBe(stored);
    for (const dueDate of [sent, stored]) {
      const patched = await suite.client.patch(`/tasks/${made.id}`, { dueDate, remindAt: dueDate });
      expect([patched.status, patched.body.data['dueDate'], patched.body.data['remindAt']]).toEqual([
        200,
        stored,
        stored,
      ]);
    }
    const bulk = { operations: [{ op: 'update', id: made.id, patch: { remindAt: sent } }] };
    expect((await suite.client.post<{ status: number }[]>('/tasks/bulk', bulk)).body.data[0]?.status).toBe(200);
    const input = { title: 'x', dueDate: sent };
    expect((await graphql.run<{ createTask: object }>(CREATE, { input })).data?.createTask).toMatchObject({
      dueDate: stored,
    });
    const literal = await graphql.run<{ createTask: object }>(
      CREATE.replace('$input)', `{ title: "x", dueDate: "${sent}" })`).replace(' ($input: NewTask!)', ''),
    );
    expect(literal.data?.createTask).toMatchObject({ dueDate: stored });
    const found = await suite.client.get<{ id: string }[]>(
      `/tasks?id=${made.id}&dueFrom=${encodeURIComponent(sent)}&dueUntil=${encodeURIComponent(stored)}`,
    );
    expect(found.body.data.map(({ id }) => id)).toEqual([made.id]);
  });

  it('dates errors, starts feeds and ends ignores', async () => {
    const client = suite.client.with({ 'x-api-key': reporter.key });
    const occurredAt = '2026-11-20T10:00:00.1234567+01:00';
    const { body } = await client.post('/errors', { errorMessage: '.NET', occurredAt });
    expect(body.data['firstOccurredAt']).toBe('2026-11-20T09:00:00.123456+00:00');
    const batch = await client.post<{ status: number }[]>('/errors/batch', {
      errors: [{ errorMessage: 'go', occurredAt }],
    });
    expect(batch.body.data[0]?.status).toBe(201);
    const until = '2099-11-28t10:00:00.123456789z';
    expect((await client.post(`/errors/${String(body.data['id'])}/ignore`, { until })).body.data['ignoredUntil']).toBe(
      '2099-11-28T10:00:00.123456+00:00',
    );
    for (const path of ['/changes?since=', '/analytics/tasks?from=']) {
      expect((await client.get(`${path}${encodeURIComponent('2026-11-20t10:00:00.123456789+20:00')}`)).status).toBe(
        200,
      );
    }
  });

  it('is refused where its year in UTC has not four digits, and names its field on GraphQL', async () => {
    for (const dueDate of ['0001-01-01T00:00:00+00:01', '9999-12-31T23:59:59-00:01', '0000-01-01', 'infinity']) {
      expect(refusal(await suite.client.post('/tasks', { title: 'x', dueDate }))).toEqual([
        400,
        ['dueDate', 'IS_TIMESTAMP'],
      ]);
      const { errors } = await graphql.run(CREATE, { input: { title: 'x', dueDate } });
      expect(errors[0]?.extensions.errors[0]?.path).toBe('input.dueDate');
    }
  });
});

describe('a decimal', () => {
  const sent = (hours: string): Promise<unknown> =>
    suite.client
      .call('POST', '/tasks', `{"title":"h","estimatedHours":${hours}}`)
      .then((reply) => [
        reply.status,
        ...(reply.status === 201
          ? [reply.body.data['estimatedHours']]
          : (reply.body.errors ?? []).map(({ path }) => path)),
      ]);

  it.each([
    ['1e-7', [400, 'estimatedHours']],
    ['5e-324', [400, 'estimatedHours']],
    ['0.30000000000000004', [400, 'estimatedHours']],
    ['1.005', [400, 'estimatedHours']],
    ['1e21', [400, 'estimatedHours']],
    ['1e400', [400, 'estimatedHours']],
    ['1e-400', [201, 0]],
    ['-0', [201, 0]],
    ['1.5e1', [201, 15]],
    ['25e-2', [201, 0.25]],
    ['1.10', [201, 1.1]],
    ['999999.99', [201, 999_999.99]],
  ])('%s is judged, and never a failure of the service', async (hours, expected) => {
    expect(await sent(hours)).toEqual(expected);
  });

  it('that is wrong costs its operation in a bulk request, and nothing beside it', async () => {
    const body = `{"operations":[
      {"op":"create","task":{"title":"good"}},
      {"op":"create","task":{"title":"tiny","estimatedHours":1e-7}},
      {"op":"create","task":{"title":"huge","estimatedHours":1e400}}]}`;
    const { body: answer } = await suite.client.call<{ status: number; error?: { errors: { path: string }[] } }[]>(
      'POST',
      '/tasks/bulk',
      body,
    );
    expect(answer.data.map(({ status, error }) => [status, error?.errors[0]?.path])).toEqual([
      [201, undefined],
      [400, 'operations[1].task.estimatedHours'],
      [400, 'operations[2].task.estimatedHours'],
    ]);
  });

  it('is judged alike in GraphQL, in scores, gates and filters', async () => {
    for (const hours of [1e-7, 5e-324]) {
      const { code } = await graphql.run(CREATE, { input: { title: 'x', estimatedHours: hours } });
      expect(code).toBe('VALIDATION_FAILED');
    }
    const huge = await graphql.run(
      CREATE.replace('$input)', '{ title: "x", estimatedHours: 1e400 })').replace(' ($input: NewTask!)', ''),
    );
    expect(huge.code).toBe('VALIDATION_FAILED');
    const { id } = await suite.create();
    const score = { taskId: id, validationType: 'syntax', validationScore: 1e-7 };
    expect(refusal(await suite.client.post('/validations', score))).toEqual([400, ['validationScore', 'IS_NUMBER']]);
    const gate = { requiredTypes: ['syntax'], minScore: 1e-7 };
    const project = { projectKey: 'tiny', name: 'tiny', settings: { validationGate: gate } };
    expect((await suite.client.post('/projects', project)).status).toBe(400);
    for (const value of ['1e-7', '5e-324', '1e400', '-0', '1E2', '0.30000000000000004']) {
      expect([value, (await suite.client.get(`/validations?validationScoreMin=${value}`)).status]).toEqual([
        value,
        200,
      ]);
    }
    for (const value of ['1e99999', 'NaN', 'Infinity', '0x1', '1.', '.5', '1e']) {
      expect([value, (await suite.client.get(`/validations?validationScoreMin=${value}`)).status]).toEqual([
        value,
        400,
      ]);
    }
  });
});

describe('a name that every object inherits', () => {
  const names = ['constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__', 'isPrototypeOf'];

  it.each(names)('%s is data in metadata, and an unknown name elsewhere', async (name) => {
    const metadata = { [name]: { [name]: 'kept' } };
    const made = await suite.create({ metadata });
    expect(made['metadata']).toEqual(metadata);
    const more = { [name]: { more: 1 } };
    const patched = await suite.client.patch(`/tasks/${made.id}`, { metadata: more });
    expect(patched.body.data['metadata']).toEqual({ [name]: { [name]: 'kept', more: 1 } });
    const input = { title: 'x', metadata };
    expect((await graphql.run<{ createTask: object }>(CREATE, { input })).data?.createTask).toMatchObject({ metadata });

    for (const [method, path] of [
      ['POST', '/tasks'],
      ['PATCH', `/tasks/${made.id}`],
      ['PUT', `/tasks/${made.id}`],
      ['POST', '/errors'],
      ['POST', '/errors/batch'],
      ['POST', '/tasks/bulk'],
      ['POST', '/tasks/claim'],
      ['POST', '/projects'],
      ['POST', '/teams'],
      ['POST', '/webhooks'],
      ['POST', '/api-keys'],
    ] as const) {
      const client = suite.client.with({ 'x-api-key': reporter.key });
      const { status, body } = await client.call(method, path, { [name]: 1 });
      if (path.includes(made.id)) continue;
      expect([path, status, body.errors?.some((one) => one.path === name && one.code === 'UNKNOWN_FIELD')]).toEqual([
        path,
        400,
        true,
      ]);
    }
    for (const query of [
      `${name}=1`,
      `status=${name}`,
      `sort=${name}`,
      `fields=${name}`,
      `deleted=${name}`,
      `priority=${name}`,
    ]) {
      expect([query, (await suite.client.get(`/tasks?${query}`)).status]).toEqual([query, 400]);
    }
    for (let turn = 0; turn < 3; turn += 1) {
      const unknown = await graphql.run(CREATE, { input: { title: 'x', [name]: 1 } });
      expect([unknown.status, unknown.code]).toEqual([400, 'VALIDATION_FAILED']);
      const variable = await graphql.run(CREATE, { input: { title: 'x' }, [name]: 1 });
      expect([variable.status, variable.errors]).toEqual([200, []]);
    }
  });

  it('__proto__ is refused with its place, in every body and query', async () => {
    const reply = await suite.client.call('POST', '/tasks', '{"title":"x","metadata":{"a":{"__proto__":{"b":1}}}}');
    expect([reply.status, reply.body.code, reply.body.errors?.[0]?.path]).toEqual([
      400,
      'MALFORMED_BODY',
      'metadata.a.__proto__',
    ]);
    expect((await suite.client.get('/tasks?__proto__=1')).body.errors?.[0]?.code).toBe('UNKNOWN_PARAMETER');
    const variables = '{"query":"{ tasks { totalCount } }","variables":{"__proto__":{"a":1}}}';
    expect((await graphql.send(variables)).code).toBe('MALFORMED_BODY');
  });
});
