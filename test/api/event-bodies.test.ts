import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStream } from '../../src/platform/events/event-stream.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';

type Json = Record<string, unknown>;

interface CloudEvent {
  readonly type: string;
  readonly data: Json;
}

let app: TestApp;
let stream: EventStream;
let ada: TestUser;
let client: Client;

beforeAll(async () => {
  app = await startTestApp();
  stream = app.app.get(EventStream);
  await app.sql(`insert into public.user_roles (role_name, permissions)
    values ('everything', '["tasks:read","tasks:write","validations:read","validations:write","errors:read","errors:write"]')`);
  ada = await app.user('everything');
  client = new Client(app.url, ada);
});

afterAll(() => app.close());

async function eventsAfter(act: () => Promise<unknown>): Promise<CloudEvent[]> {
  await stream.settle();
  const since = await stream.latest();
  await act();
  await stream.settle();
  return (await client.get<CloudEvent[]>(`/changes?limit=100&since=${since}`)).body.data;
}

/** Compares names, values and order: a field missing from app.event_data_of_task, or named as its column, differs. */
describe('the data of an event is the resource as REST returns it', () => {
  it.each([
    ['task', '/tasks', { title: 'a task', tags: ['x'], metadata: { due_date: 'mine' }, estimatedHours: 1.5 }],
    ['project', '/projects', { projectKey: 'bodies', name: 'Bodies', settings: {} }],
    ['team', '/teams', { name: 'a team' }],
    ['error', '/errors', { errorCode: 'E', errorCategory: 'c', errorSeverity: 'error', errorMessage: 'm' }],
  ])('for a %s', async (kind, path, body) => {
    const isTenant = kind === 'team';
    let made: Json = {};
    const events = await eventsAfter(async () => {
      made = (await client.post<Json>(path, isTenant ? body : { teamId: ada.teamId, ...body })).body.data;
    });
    const created = events.find(({ type }) => type === `${kind}.created`);
    const shown = kind === 'project' ? `${path}/bodies` : `${path}/${String(made['id'])}`;
    const { data } = (await client.get<Json>(shown)).body;
    const expected = kind === 'task' ? { ...data, taskId: data['id'] } : data;
    expect(created?.data).toEqual(expected);
    expect(Object.keys(created?.data ?? {})).toEqual(Object.keys(expected));
  });

  it('for a comment and a validation of a task', async () => {
    const task = (await client.post<Json>('/tasks', { teamId: ada.teamId, title: 'checked' })).body.data;
    const id = String(task['id']);
    const comment = { path: `/tasks/${id}/comments`, body: { content: 'said' } };
    const validation = { path: '/validations', body: { taskId: id, validationType: 'syntax' } };
    const events = await eventsAfter(async () => {
      await client.post(comment.path, comment.body);
      await client.post(validation.path, validation.body);
    });
    const dataOf = (type: string): Json | undefined => events.find((event) => event.type === type)?.data;
    expect([dataOf('comment.created')]).toEqual((await client.get<Json[]>(comment.path)).body.data);
    expect([dataOf('validation.created')]).toEqual((await client.get<Json[]>(`/validations?taskId=${id}`)).body.data);
  });

  it('never contains what REST does not show', async () => {
    const events = await eventsAfter(() =>
      app.sql(`update public.users set password_hash = 'secret', name = 'Ada' where id = $1`, [ada.id]),
    );
    expect(events.map(({ type }) => type)).toEqual(['user.updated']);
    expect(JSON.stringify(events)).not.toMatch(/password|secret/);
    expect(Object.keys(events[0]?.data['changes'] ?? {})).toEqual(['name']);
    expect(
      await eventsAfter(() => app.sql(`update public.users set password_hash = 'x' where id = $1`, [ada.id])),
    ).toEqual([]);
  });
});

// Seen to fail: without `app.event_names` in the relay, and with the creator of the task named in the place of the actor.
describe('the data of an event names the ids that its consumers need', () => {
  it('of a task that is created, assigned and completed, and who did it', async () => {
    const bob = await app.user('everything');
    const teamId = await app.team(ada, bob);
    const asBob = new Client(app.url, bob);
    let taskId = '';
    const events = await eventsAfter(async () => {
      taskId = String((await client.post<Json>('/tasks', { teamId, title: 'named' })).body.data['id']);
      await asBob.patch(`/tasks/${taskId}`, { assigneeId: ada.id });
      await asBob.post(`/tasks/${taskId}/complete`);
    });
    const dataOf = (type: string): Json | undefined => events.find((event) => event.type === type)?.data;
    const createdBy = ada.id;
    expect(dataOf('task.created')).toMatchObject({ taskId, teamId, createdBy, assigneeId: null });
    expect(dataOf('task.assigned')).toMatchObject({ taskId, assigneeId: ada.id, assignedBy: bob.id });
    expect(dataOf('task.completed')).toMatchObject({ taskId, completedBy: bob.id, createdBy });
    expect(dataOf('task.status_changed')).not.toHaveProperty('completedBy');
    expect(Object.keys(dataOf('task.completed') ?? {}).slice(-3)).toEqual(['taskId', 'completedBy', 'changes']);
  });

  it('of a task that nobody completed, but background work', async () => {
    const id = String((await client.post<Json>('/tasks', { title: 'alone' })).body.data['id']);
    const events = await eventsAfter(() => app.sql("update public.tasks set status = 'completed' where id = $1", [id]));
    expect(events.find(({ type }) => type === 'task.completed')?.data).toMatchObject({ taskId: id, completedBy: null });
  });

  it('of a user who signs up', async () => {
    const [made] = await app.sql<{ data: string }>(
      `select app.event_data_of_user(to_jsonb(u)) || app.event_names('user.signup', to_jsonb(u), null) as data
       from public.users u where u.id = $1`,
      [ada.id],
    );
    expect(made?.data).toMatch(new RegExp(`"email":"[^"]+".*,"userId":"${ada.id}"$`));
  });
});
