import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStream } from '../../src/platform/events/event-stream.js';
import type { PublishedEvent } from '../../src/platform/events/event.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';

interface CloudEvent {
  readonly cursor: string;
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly teamid?: string;
  readonly actorid?: string;
  readonly data: Record<string, unknown> & { readonly changes?: Record<string, { from: unknown; to: unknown }> };
}

let app: TestApp;
let stream: EventStream;
let ada: TestUser;
let bob: TestUser;
let eve: TestUser;
let admin: TestUser;
let reporter: TestUser;
let team: string;

const as = (user: TestUser): Client => new Client(app.url, user);
const changes = (user: TestUser, query: string): Promise<Reply<CloudEvent[]>> =>
  as(user).get<CloudEvent[]>(`/changes?${query}`);

/** The position of the stream once all earlier events are published. */
async function now(): Promise<string> {
  await stream.settle();
  return stream.latest();
}

async function newTask(user: TestUser, body: Record<string, unknown> = {}): Promise<string> {
  return (await as(user).post<{ id: string }>('/tasks', { title: 'first', teamId: team, ...body })).body.data.id;
}

beforeAll(async () => {
  app = await startTestApp();
  stream = app.app.get(EventStream);
  await app.sql(`insert into public.user_roles (role_name, permissions) values ('error_reader', '["errors:read"]')`);
  [ada, bob, eve, admin] = await Promise.all([app.user(), app.user(), app.user(), app.user('admin')]);
  reporter = await app.user('error_reader');
  team = await app.team(ada, bob, reporter);
});

afterAll(() => app.close());

describe('events since a cursor', () => {
  it.each([
    ['with commas', 'types=task.created,task.deleted'],
    // As openapi-fetch sends a list.
    ['as a repeated parameter', 'types=task.created&types=task.deleted'],
  ])('are those of the named types, %s', async (_form, types) => {
    const since = await now();
    const id = await newTask(ada);
    await as(ada).patch(`/tasks/${id}`, { title: 'second' });
    await as(ada).delete(`/tasks/${id}`);
    await stream.settle();
    const { status, body } = await changes(ada, `since=${since}&${types}`);
    expect([status, body.data.map(({ type }) => type)]).toEqual([200, ['task.created', 'task.deleted']]);
  });

  it('arrive in order, with their changes, and reach nobody else', async () => {
    const since = await now();
    const id = await newTask(ada);
    await as(bob).patch(`/tasks/${id}`, { title: 'second', priority: 7 });
    await as(ada).post(`/tasks/${id}/complete`);
    await stream.settle();
    const { body } = await changes(bob, `since=${since}`);
    expect(body.data.map(({ type, actorid, subject, teamid }) => [type, actorid, subject, teamid])).toEqual([
      ['task.created', ada.id, `tasks/${id}`, team],
      ['task.updated', bob.id, `tasks/${id}`, team],
      ['task.status_changed', ada.id, `tasks/${id}`, team],
      ['task.completed', ada.id, `tasks/${id}`, team],
    ]);
    expect(body.data[1]?.data.changes).toEqual({
      title: { from: 'first', to: 'second' },
      priority: { from: 0, to: 7 },
    });
    expect(body.pagination).toMatchObject({ hasMore: false, nextCursor: expect.stringMatching(/^[\w-]{22}$/) });
    expect((await changes(eve, `since=${since}`)).body.data).toEqual([]);
    expect((await changes(reporter, `since=${since}`)).body.data).toEqual([]);
    const all = await changes(admin, `since=${since}`);
    expect(all.body.data.map((event) => event.id)).toEqual(body.data.map((event) => event.id));
  });

  it('continue page by page without a gap, and from any event', async () => {
    const since = await now();
    const ids = await Promise.all(Array.from({ length: 5 }, () => newTask(ada)));
    await stream.settle();
    const seen: CloudEvent[] = [];
    let cursor: string | null = since;
    for (let page = 0; page < 3; page++) {
      const { body }: Reply<CloudEvent[]> = await changes(ada, `since=${String(cursor)}&limit=2`);
      expect(body.pagination?.hasMore).toBe(page < 2);
      seen.push(...body.data);
      cursor = body.pagination?.nextCursor ?? null;
    }
    expect(new Set(seen.map((event) => event.data['id']))).toEqual(new Set(ids));
    expect((await changes(ada, `since=${String(cursor)}`)).body.data).toEqual([]);
    const rest = await changes(ada, `since=${seen[2]?.cursor ?? ''}`);
    expect(rest.body.data).toEqual(seen.slice(3));
  });

  it('arrive at once at a waiting request', async () => {
    const since = await now();
    const waiting = changes(bob, `since=${since}&wait=30`);
    await newTask(eve, { teamId: eve.teamId });
    const id = await newTask(ada);
    const { body } = await waiting;
    expect(body.data.map(({ type, data }) => [type, data['id']])).toEqual([['task.created', id]]);
  });

  it('match the rows of the table', async () => {
    await stream.settle();
    const heard: PublishedEvent[] = [];
    const stop = stream.onBatch((batch) => heard.push(...batch));
    const since = await stream.latest();
    const ids = await Promise.all(Array.from({ length: 10 }, () => newTask(ada)));
    await stream.settle();
    stop();
    expect(new Set(heard.map((event) => event.recordId))).toEqual(new Set(ids));
    const { body } = await changes(ada, `since=${since}`);
    expect(heard.map((event) => JSON.parse(event.json) as unknown)).toEqual(body.data);
  });
});
