import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../db/database-fixture.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import type { Reply } from '../support/client.js';
import { WebhookReceiver, isGenuine } from '../support/webhook-receiver.js';

interface Made {
  readonly id: string;
}

/** One write path, and the events that a receiver gets from it. */
interface WritePath {
  readonly name: string;
  readonly act: () => Promise<Reply<unknown>>;
  readonly types: readonly string[];
}

let t: TestApp;
let receiver: WebhookReceiver;
let api: Client;
let admin: Client;
let teamId: string;
let secret: string;
let ids: Record<'task' | 'parent' | 'comment' | 'validation' | 'error', string>;

async function made(path: string, body: unknown, as = api): Promise<string> {
  const reply = await as.post<Made>(path, body);
  expect([path, reply.status]).toEqual([path, 201]);
  return reply.body.data.id;
}

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  t = await startTestApp({ WEBHOOK_ALLOW_PRIVATE: 'true' });
  const owner = await t.user();
  const mate = await t.user();
  const boss = await t.user('admin');
  teamId = await t.team(owner, mate);
  api = new Client(t.url, owner);
  admin = new Client(t.url, boss);
  await made('/projects', { projectKey: 'shop', name: 'Shop', teamId });
  const task = await made('/tasks', { title: 'task', teamId });
  const parent = await made('/tasks', { title: 'parent', teamId });
  await made('/tasks', { title: 'child', teamId, parentTaskId: parent });
  ids = {
    task,
    parent,
    comment: await made(`/tasks/${task}/comments`, { content: 'first' }),
    validation: await made('/validations', { taskId: task, validationType: 'syntax' }),
    error: await made('/errors', { errorMessage: 'it broke', teamId }, admin),
  };
  const hook = await api.post<{ secret: string }>('/webhooks', { url: `${receiver.url}/hook`, teamId });
  secret = hook.body.data.secret;
});

afterAll(async () => {
  await t.close();
  await receiver.stop();
});

const sarif = {
  version: '2.1.0',
  runs: [{ tool: { driver: { name: 'lint' } }, results: [{ ruleId: 'r', message: { text: 'm' } }] }],
};
const list = { master: { tasks: [{ id: 1, title: 'imported', subtasks: [{ id: 1, title: 'part' }] }] } };

const paths: readonly WritePath[] = [
  { name: 'create', act: () => api.post('/tasks', { title: 'new', teamId }), types: ['task.created'] },
  { name: 'patch', act: () => api.patch(`/tasks/${ids.task}`, { title: 'patched' }), types: ['task.updated'] },
  {
    name: 'put',
    act: () => api.put(`/tasks/${ids.task}`, { title: 'put', status: 'in_progress' }),
    types: ['task.updated', 'task.status_changed'],
  },
  {
    name: 'complete',
    act: () => api.post(`/tasks/${ids.task}/complete`, {}),
    types: ['task.status_changed', 'task.completed'],
  },
  // With its subtasks.
  { name: 'delete a tree', act: () => api.delete(`/tasks/${ids.parent}`), types: ['task.deleted', 'task.deleted'] },
  { name: 'restore', act: () => api.post(`/tasks/${ids.parent}/restore`, {}), types: ['task.restored'] },
  {
    name: 'bulk',
    act: () =>
      api.post('/tasks/bulk', {
        atomic: true,
        operations: [
          { op: 'create', task: { title: 'bulk', teamId } },
          { op: 'update', id: ids.task, patch: { title: 'bulk' } },
        ],
      }),
    types: ['task.created', 'task.updated'],
  },
  {
    name: 'import',
    act: () => api.post(`/projects/shop/import?teamId=${teamId}`, list),
    types: ['task.created', 'task.created'],
  },
  {
    name: 'import again, changed',
    act: () =>
      api.post(`/projects/shop/import?teamId=${teamId}`, {
        master: { tasks: [{ ...list.master.tasks[0], title: 'changed' }] },
      }),
    types: ['task.updated'],
  },
  { name: 'comment', act: () => api.post(`/tasks/${ids.task}/comments`, { content: 'c' }), types: ['comment.created'] },
  {
    name: 'edit a comment',
    act: () => api.patch(`/tasks/${ids.task}/comments/${ids.comment}`, { content: 'edited' }),
    types: ['comment.updated'],
  },
  {
    name: 'delete a comment',
    act: () => api.delete(`/tasks/${ids.task}/comments/${ids.comment}`),
    types: ['comment.deleted'],
  },
  {
    name: 'depend',
    act: () => api.post(`/tasks/${ids.task}/dependencies`, { dependsOn: ids.parent }),
    types: ['task.updated'],
  },
  {
    name: 'context',
    act: () => api.post(`/tasks/${ids.task}/contexts`, { contextType: 'note', contextData: { a: 1 } }),
    types: ['task.updated'],
  },
  {
    name: 'validate',
    act: () => api.post('/validations', { taskId: ids.task, validationType: 'style' }),
    types: ['validation.created'],
  },
  {
    name: 'run a validation',
    act: () => api.put(`/validations/${ids.validation}`, { validationStatus: 'running' }),
    types: ['validation.status_changed'],
  },
  {
    name: 'import a report',
    act: () => api.post(`/validations/import?taskId=${ids.task}&format=sarif`, sarif),
    types: ['validation.created'],
  },
  {
    name: 'report an error',
    act: () => admin.post('/errors', { errorMessage: 'another one', errorCode: 'E2', teamId }),
    types: ['error.created'],
  },
  { name: 'resolve an error', act: () => admin.post(`/errors/${ids.error}/resolve`, {}), types: ['error.resolved'] },
  { name: 'reopen an error', act: () => admin.post(`/errors/${ids.error}/reopen`, {}), types: ['error.reopened'] },
  { name: 'ignore an error', act: () => admin.post(`/errors/${ids.error}/ignore`, {}), types: ['error.ignored'] },
  {
    name: 'make a project',
    act: () => api.post('/projects', { projectKey: 'next', name: 'Next', teamId }),
    types: ['project.created'],
  },
  { name: 'rename the team', act: () => api.patch(`/teams/${teamId}`, { name: 'renamed' }), types: ['team.updated'] },
];

function wanting(got: readonly string[], wanted: readonly string[]): string[] {
  const left = [...got];
  return wanted.filter((type) => {
    const place = left.indexOf(type);
    if (place >= 0) left.splice(place, 1);
    return place < 0;
  });
}

// Seen to fail: with the audit trigger of one table disabled, the paths that write to it failed.
it.each(paths)('$name reaches a receiver: $types', async ({ act, types }) => {
  const before = receiver.requests.length;
  const { status, text } = await act();
  expect([status < 300, status, status < 300 ? '' : text]).toEqual([true, status, '']);
  const got = (): string[] => receiver.requests.slice(before).map(({ event }) => event.type);
  await eventually(() => wanting(got(), types).length === 0);
  expect({ missing: wanting(got(), types), got: got() }).toMatchObject({ missing: [] });
  expect(receiver.requests.filter((request) => !isGenuine(secret, request))).toEqual([]);
});

// A statement typed in psql takes the same path.
it('a direct SQL statement reaches a receiver', async () => {
  const before = receiver.requests.length;
  await t.sql(`update public.tasks set title = 'by hand' where id = $1`, [ids.task]);
  expect(
    await eventually(() => receiver.requests.slice(before).some(({ event }) => event.data['title'] === 'by hand')),
  ).toBe(true);
});
