import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';

const ORIGIN = 'https://app.example.test';

let app: TestApp;
let client: Client;

beforeAll(async () => {
  app = await startTestApp({ CORS_ORIGIN: ORIGIN });
  client = new Client(app.url, await app.user());
  for (const title of ['one', 'two']) await client.post('/tasks', { title });
});

afterAll(() => app.close());

describe('a response', () => {
  it('is an envelope with data and metadata', async () => {
    const { body, headers } = await client.get('/tasks?limit=1');
    expect(body).toEqual({
      success: true,
      data: [expect.objectContaining({ title: 'two' })],
      message: 'Tasks retrieved',
      pagination: { total: 2, limit: 1, offset: 0, hasMore: true, nextCursor: expect.any(String) },
      meta: {
        requestId: expect.stringMatching(/^req_[0-9a-z]+$/),
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        version: expect.any(String),
      },
    });
    expect(headers.get('x-request-id')).toBe(body.meta?.requestId);
  });

  it('has pages of 20 by default', async () => {
    expect((await client.get('/tasks')).body.pagination).toMatchObject({ limit: 20, offset: 0, hasMore: false });
    expect((await client.get('/tasks?limit=1&offset=1')).body.pagination).toMatchObject({ offset: 1, hasMore: false });
  });

  it('is a problem document on failure', async () => {
    const { body, headers, status } = await client.post('/tasks', {});
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({
      ...{ success: false, status, code: 'VALIDATION_FAILED', title: expect.any(String), type: expect.any(String) },
      errors: expect.arrayContaining([expect.objectContaining({ path: 'title' })]),
      requestId: headers.get('x-request-id'),
    });
  });

  it('must not be sniffed, framed or cached, and does not identify the server', async () => {
    const { headers } = await client.get('/tasks');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('cache-control')).toMatch(/no-store|private|no-cache/);
    expect(headers.get('x-powered-by')).toBeNull();
  });

  // Seen to fail: with dry runs and repeated reports given the message of any other call, and without y → ied.
  it('says to people what was done, and not that a dry run or a repetition did it', async () => {
    const admin = new Client(app.url, await app.user('admin'));
    const task = await client.post<{ id: string }>('/tasks', { title: 'said' });
    const path = `/tasks/${task.body.data.id}`;
    const project = { projectKey: 'said', name: 'Said' };
    const error = { errorCode: 'E1', errorCategory: 'test', errorSeverity: 'critical', errorMessage: 'said' };
    const validation = { taskId: task.body.data.id, validationType: 'style', validationStatus: 'failed' };
    const failed = await client.post<{ id: string }>('/validations', validation);
    const replies = [
      task,
      await client.patch(path, { title: 'again' }),
      await client.patch(`${path}?dryRun=true`, { title: 'no' }),
      await client.get(path),
      await client.post('/projects', project),
      await client.post('/projects/said/tasks', { title: 'numbered' }),
      await client.post(`${path}/complete`),
      await admin.post('/errors', error),
      await admin.post('/errors', error),
      await client.post(`/validations/${failed.body.data.id}/retry`),
      await client.post('/api-keys', { name: 'said' }),
    ];
    expect(replies.map(({ body }) => body.message)).toEqual([
      'Task created',
      'Task updated',
      'Dry run: nothing was saved',
      'Task retrieved',
      'Project created',
      'Task created',
      'Task completed',
      'Error recorded',
      'It was counted: it had occurred before',
      'Validation retried',
      'API key created',
    ]);
  });

  it('is readable only by pages of the configured origins', async () => {
    const from = (origin: string): Promise<Headers> =>
      client
        .with({ origin })
        .get('/tasks')
        .then(({ headers }) => headers);
    expect((await from(ORIGIN)).get('access-control-allow-origin')).toBe(ORIGIN);
    expect((await from('https://evil.example')).get('access-control-allow-origin')).toBeNull();
  });
});
