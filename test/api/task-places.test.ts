import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Task } from './task-suite.js';
import { ABSENT, TaskSuite } from './task-suite.js';

/**
 * Task numbers, and what a deletion takes with it.
 * Seen to fail: with numbers counted from the rows instead of the counter, and without `c.deleted_at = b.deleted_at` in
 * the restore.
 */
let suite: TaskSuite;

beforeAll(async () => {
  suite = await TaskSuite.start();
});

afterAll(() => suite.app.close());

describe('the number of a task', () => {
  const numbers = (count: number, prefix = ''): string[] =>
    Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);

  async function together(count: number, path: string, task: object): Promise<string[]> {
    const made = await Promise.all(Array.from({ length: count }, () => suite.create(task, path)));
    return made
      .map(({ ref }) => ref)
      .sort((one, other) => Number(one.split('.').at(-1)) - Number(other.split('.').at(-1)));
  }

  it('is unique and gapless for 20 concurrent creations, in each list and below each task', async () => {
    const tasks = await suite.project();
    expect(await together(20, tasks, {})).toEqual(numbers(20));
    expect(await together(20, tasks, { list: 'next' })).toEqual(numbers(20));
    expect(await together(20, tasks, { parentRef: '15' })).toEqual(numbers(20, '15.'));
    expect(await together(5, tasks, { parentRef: '15.2' })).toEqual(numbers(5, '15.2.'));
    expect(await together(5, tasks, {})).toEqual(['21', '22', '23', '24', '25']);
  });

  it('is not consumed by a failed creation or a dry run, and never reused after a deletion', async () => {
    const tasks = await suite.project();
    expect((await suite.create({}, tasks)).ref).toBe('1');
    expect((await suite.client.post(tasks, { title: 'x', assigneeId: suite.bob.id })).status).toBe(422);
    expect((await suite.client.post<Task>(`${tasks}?dryRun=true`, { title: 'x' })).body.data.ref).toBe('2');
    expect((await suite.create({ parentRef: '1' }, tasks)).ref).toBe('1.1');
    expect((await suite.client.post(tasks, { title: 'x', parentRef: '1', assigneeId: suite.bob.id })).status).toBe(422);
    expect((await suite.create({ parentRef: '1' }, tasks)).ref).toBe('1.2');
    const second = await suite.create({}, tasks);
    expect(second.ref).toBe('2');
    await suite.client.delete(`/tasks/${second.id}`);
    expect((await suite.create({}, tasks)).ref).toBe('3');
  });

  it('requires an existing parent', async () => {
    const tasks = await suite.project();
    const { id } = await suite.create({}, tasks);
    expect((await suite.client.post(tasks, { title: 'x', parentRef: '7' })).status).toBe(404);
    expect((await suite.client.post('/tasks', { title: 'x', parentTaskId: ABSENT })).status).toBe(404);
    expect((await suite.asBob.post('/tasks', { title: 'x', parentTaskId: id })).status).toBe(404);
    await suite.client.delete(`/tasks/${id}`);
    expect((await suite.client.post('/tasks', { title: 'x', parentTaskId: id })).status).toBe(404);
  });

  it('does not exist outside of a project, where a subtask joins the team of its parent', async () => {
    const team = await suite.app.team(suite.ada, suite.bob);
    const parent = await suite.create({ teamId: team });
    const child = await suite.create({ parentTaskId: parent.id });
    expect(child).toMatchObject({ ref: null, projectKey: null, teamId: team, parentTaskId: parent.id });
  });
});

describe('a deletion', () => {
  it('includes all subtasks, and a restore brings back exactly those', async () => {
    const tasks = await suite.project();
    const root = await suite.create({}, tasks);
    const [one, two] = [await suite.create({ parentTaskId: root.id }), await suite.create({ parentTaskId: root.id })];
    const leaf = await suite.create({ parentTaskId: one.id });
    const other = await suite.create({}, tasks);
    const alive = async (): Promise<string[]> =>
      (await suite.client.get<Task[]>(`${tasks}?sort=ref&fields=ref`)).body.data.map(({ ref }) => ref);

    expect((await suite.client.delete(`/tasks/${two.id}`)).status).toBe(204);
    expect((await suite.client.delete(`/tasks/${root.id}`)).status).toBe(204);
    expect(await alive()).toEqual([other.ref]);
    expect((await suite.client.delete(`/tasks/${leaf.id}`)).status).toBe(404);

    const orphan = await suite.client.post(`/tasks/${leaf.id}/restore`);
    expect([orphan.status, orphan.body.code]).toEqual([409, 'CONFLICT']);
    expect((await suite.client.post(`/tasks/${root.id}/restore`)).status).toBe(200);
    // A task deleted separately before stays deleted.
    expect(await alive()).toEqual(['1', '1.1', '1.1.1', '2']);
    expect((await suite.client.post(`/tasks/${two.id}/restore`)).status).toBe(200);
    expect(await alive()).toEqual(['1', '1.1', '1.1.1', '1.2', '2']);
    // Restoring an existing task changes nothing.
    const again = await suite.client.post<Task>(`/tasks/${root.id}/restore`);
    expect([again.status, again.body.data.version]).toEqual([200, (await suite.read(root.id)).version]);
  });
});
