import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';
import { GraphqlClient } from '../support/graphql.js';
import { TaskSuite } from './task-suite.js';
import type { Task } from './task-suite.js';

interface TaskEvent {
  readonly id: string;
  readonly occurredAt: string;
  readonly event: string;
  readonly operation: string;
  readonly user: { readonly id: string; readonly name: string } | null;
  readonly requestId: string | null;
  readonly dependsOn: Readonly<Record<string, unknown>> | null;
  readonly comment: { readonly id: string; readonly content: string | null } | null;
  readonly changes: readonly unknown[];
}

let suite: TaskSuite;
let asBob: Client;
let team: string;

beforeAll(async () => {
  suite = await TaskSuite.start();
  asBob = suite.asBob;
  team = await suite.app.team(suite.ada, suite.bob);
});

afterAll(() => suite.app.close());

const newTask = (title: string): Promise<Task> => suite.create({ title, teamId: team });

async function historyOf({ id }: Task, query = '', client = suite.client): Promise<readonly TaskEvent[]> {
  const { status, body } = await client.get<TaskEvent[]>(`/tasks/${id}/history${query}`);
  expect(status).toBe(200);
  return body.data;
}

async function comment(task: Task, content: string, client = suite.client): Promise<string> {
  const { body } = await client.post<{ id: string }>(`/tasks/${task.id}/comments`, { content });
  return body.data.id;
}

/*
 * Seen to fail: with a text for a comment that is gone; without the order of the two parts before their limit, pages lost
 * entries; with every update of a comment, the one that loses its author; with live prerequisites only, deleted ones had
 * no name. test/db/matrix/audit-cases.ts has what others may read.
 */
describe('the history of a task', () => {
  it('tells dependencies that were added and removed: which, by whom and in which request', async () => {
    const [task, other] = [await newTask('task'), await newTask('other')];
    const added = await suite.client.post(`/tasks/${task.id}/dependencies`, { dependsOn: other.id });
    await suite.client.post(`/tasks/${task.id}/dependencies`, { dependsOn: other.id });
    const removed = await asBob.delete(`/tasks/${task.id}/dependencies/${other.id}`);
    const dependsOn = { id: other.id, projectKey: null, list: null, ref: null, title: 'other' };
    expect((await historyOf(task)).slice(0, -1)).toEqual([
      {
        ...{ id: expect.any(String), occurredAt: expect.any(String), event: 'dependency_removed', operation: 'DELETE' },
        user: { id: suite.bob.id, name: 'bob' },
        ...{ requestId: removed.headers.get('x-request-id'), dependsOn, comment: null, changes: [] },
      },
      {
        ...{ id: expect.any(String), occurredAt: expect.any(String), event: 'dependency_added', operation: 'INSERT' },
        user: { id: suite.ada.id, name: 'ada' },
        ...{ requestId: added.headers.get('x-request-id'), dependsOn, comment: null, changes: [] },
      },
    ]);
    expect((await historyOf(other)).map(({ event }) => event)).toEqual(['created']);
  });

  it('names a prerequisite as it is now, and one that is deleted too', async () => {
    const path = await suite.project();
    const [task, other] = [await suite.create({ title: 'task' }, path), await suite.create({ title: 'old' }, path)];
    await suite.client.post(`/tasks/${task.id}/dependencies`, { dependsOn: other.ref });
    await suite.client.patch(`/tasks/${other.id}`, { title: 'new' });
    await suite.client.delete(`/tasks/${other.id}`);
    const [event] = await historyOf(task);
    expect(event?.dependsOn).toMatchObject({ ref: other.ref, title: 'new', list: 'master' });
    await suite.app.sql('delete from public.tasks where id = $1', [other.id]);
    const [removed, added] = await historyOf(task);
    expect([removed?.event, added?.event]).toEqual(['dependency_removed', 'dependency_added']);
    for (const { dependsOn } of [removed!, added!]) {
      expect(dependsOn).toEqual({ id: other.id, projectKey: null, list: null, ref: null, title: null });
    }
  });

  it('tells comments that were added, changed and removed, and no text that was taken back', async () => {
    const task = await newTask('discussed');
    const kept = await comment(task, 'kept');
    const gone = await comment(task, 'the password is 1234', asBob);
    await suite.client.patch(`/tasks/${task.id}/comments/${kept}`, { content: 'kept, and better' });
    await asBob.delete(`/tasks/${task.id}/comments/${gone}`);
    const events = await historyOf(task);
    expect(events.map(({ event, user, comment: of }) => [event, user?.name, of?.id, of?.content])).toEqual([
      ['comment_removed', 'bob', gone, null],
      ['comment_changed', 'ada', kept, 'kept, and better'],
      ['comment_added', 'bob', gone, null],
      ['comment_added', 'ada', kept, 'kept, and better'],
      ['created', 'ada', undefined, undefined],
    ]);
    expect(JSON.stringify(events)).not.toContain('password');
  });

  it('has no entry for a comment that only loses its author', async () => {
    const task = await newTask('orphaned');
    await comment(task, 'from bob', asBob);
    await suite.app.sql('update public.task_comments set user_id = null where task_id = $1', [task.id]);
    expect((await historyOf(task)).map(({ event }) => event)).toEqual(['comment_added', 'created']);
  });

  it('can be paged through all kinds of entries without losing or repeating one', async () => {
    const task = await newTask('busy');
    const expected = ['created'];
    for (let n = 0; n < 5; n++) {
      const other = await newTask(`other ${n}`);
      await suite.client.post(`/tasks/${task.id}/dependencies`, { dependsOn: other.id });
      await comment(task, `comment ${n}`);
      await suite.client.patch(`/tasks/${task.id}`, { priority: n + 1 });
      expected.unshift('updated', 'comment_added', 'dependency_added');
    }
    for (const limit of [1, 3, 4, 100]) {
      const seen: TaskEvent[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: Reply<TaskEvent[]> = await suite.client.get(
          `/tasks/${task.id}/history?limit=${limit}&cursor=${cursor}`,
        );
        seen.push(...page.body.data);
        cursor = page.body.pagination?.nextCursor ?? null;
      }
      expect([limit, seen.map(({ event }) => event)]).toEqual([limit, expected]);
      expect(new Set(seen.map(({ id }) => id)).size).toBe(expected.length);
    }
  });

  it('is the same in GraphQL', async () => {
    const [task, other] = [await newTask('task'), await newTask('other')];
    await suite.client.post(`/tasks/${task.id}/dependencies`, { dependsOn: other.id });
    await comment(task, 'hello');
    const { data } = await new GraphqlClient(suite.app.url, suite.ada).run<{ taskHistory: { events: unknown[] } }>(
      `{ taskHistory(taskId: "${task.id}") {
        events { id occurredAt event operation user requestId dependsOn comment changes }
      } }`,
    );
    expect(data?.taskHistory.events).toEqual(await historyOf(task));
  });

  it('is hidden from those who may not read the task, and shows admins what they may read', async () => {
    const task = await newTask('private');
    await comment(task, 'secret');
    const eve = new Client(suite.app.url, await suite.app.user());
    expect((await eve.get(`/tasks/${task.id}/history`)).status).toBe(404);
    const admin = new Client(suite.app.url, await suite.app.user('admin'));
    expect((await historyOf(task, '', admin))[0]?.comment?.content).toBe('secret');
  });
});
