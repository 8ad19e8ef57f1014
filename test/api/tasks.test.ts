import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';

interface TaskBody {
  id: string;
  teamId: string;
  title: string;
  status: string;
  stage: string | null;
  priority: number;
  version: number;
  createdBy: string;
  createdAt: string;
}

let app: TestApp;
let ada: TestUser;
let bob: TestUser;

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.user();
  bob = await app.user();
});

afterAll(async () => {
  await app.close();
});

const as = (user: TestUser): Client => new Client(app.url, user);

describe('one task', () => {
  it('is created with defaults, found, changed under If-Match, deleted and restored', async () => {
    const made = await as(ada).post<TaskBody>('/tasks', {
      title: 'Write keyset pages',
      priority: 'high',
      status: 'in-progress',
    });
    expect(made.body).toMatchObject({
      success: true,
      data: {
        title: 'Write keyset pages',
        priority: 8,
        status: 'in_progress',
        stage: null,
        teamId: ada.teamId,
        createdBy: ada.id,
        version: 1,
      },
    });
    expect(made.status).toBe(201);
    expect(made.headers.get('etag')).toBe('"1"');
    const { id } = made.body.data;
    const found = await as(ada).get<TaskBody>(`/tasks/${id}`);
    expect(found.body.data).toEqual(made.body.data);
    const cached = await as(ada).with({ 'if-none-match': '"1"' }).get(`/tasks/${id}`);
    expect([cached.status, cached.text]).toEqual([304, '']);
    const changed = await as(ada).with({ 'if-match': '"1"' }).patch<TaskBody>(`/tasks/${id}`, { status: 'review' });
    expect(changed.body.data).toMatchObject({ status: 'in_progress', stage: 'review', version: 2 });
    const stale = await as(ada).with({ 'if-match': '"1"' }).patch(`/tasks/${id}`, { title: 'x' });
    expect([stale.status, stale.body.code, stale.headers.get('etag')]).toEqual([412, 'VERSION_MISMATCH', '"2"']);
    expect((await as(ada).delete(`/tasks/${id}`)).status).toBe(204);
    expect((await as(ada).get(`/tasks/${id}`)).status).toBe(404);
    const back = await as(ada).post<TaskBody>(`/tasks/${id}/restore`);
    expect([back.status, back.body.data.version]).toEqual([200, 4]);
  });
});

describe('a stranger', () => {
  it('gets the same answer for a foreign and a missing task', async () => {
    const made = await as(ada).post<TaskBody>('/tasks', { title: 'secret' });
    const foreign = await as(bob).get(`/tasks/${made.body.data.id}`);
    const absent = await as(bob).get('/tasks/01890000-0000-7000-8000-000000000000');
    const plain = (text: string): string => text.replace(/[0-9a-f-]{36}|req_\w+/g, '');
    expect(foreign.status).toBe(404);
    expect(plain(foreign.text)).toBe(plain(absent.text));
  });
});
