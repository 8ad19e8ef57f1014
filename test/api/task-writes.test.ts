import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Task } from './task-suite.js';
import { ABSENT, defaults, full, refusal, stored, TaskSuite } from './task-suite.js';

/**
 * What a patch and a replacement do to each field.
 * Seen to fail, each in its group: with `resets` empty, with a stage that its status does not clear, and without the
 * two lines of `assignments` for the other half of an assignee.
 */
let suite: TaskSuite;

beforeAll(async () => {
  suite = await TaskSuite.start();
});

afterAll(() => suite.app.close());

describe('a merge patch', () => {
  it('changes only the fields that it names', async () => {
    const before = await suite.create(full);
    expect(before).toMatchObject(stored);
    const { body } = await suite.client.patch<Task>(`/tasks/${before.id}`, { title: 'renamed', tags: ['z'] });
    const { updatedAt } = body.data;
    expect(body.data).toEqual({ ...before, title: 'renamed', tags: ['z'], version: 2, updatedAt });
    expect(await suite.read(before.id)).toEqual(body.data);
  });

  it.each(Object.keys(defaults).filter((name) => name !== 'status' && name !== 'stage'))(
    'resets %s with null',
    async (name) => {
      const before = await suite.create(full);
      const { status, body } = await suite.client.patch<Task>(`/tasks/${before.id}`, { [name]: null });
      const expected: Record<string, unknown> = { ...stored, [name]: defaults[name as keyof typeof defaults] };
      expect([status, body.data]).toEqual([200, expect.objectContaining(expected)]);
    },
  );

  it('resets status and stage with null', async () => {
    const { id } = await suite.create(full);
    const unstaged = await suite.client.patch(`/tasks/${id}`, { stage: null });
    expect(unstaged.body.data).toMatchObject({ status: 'in_progress', stage: null });
    const reset = await suite.client.patch(`/tasks/${id}`, { status: null });
    expect(reset.body.data).toMatchObject({ status: 'pending', stage: null });
  });

  it('requires a title: null is refused like an absent one', async () => {
    const { id } = await suite.create();
    expect((await suite.client.patch(`/tasks/${id}`, { title: null })).status).toBe(400);
    expect((await suite.client.patch(`/tasks/${id}`, { title: ' ' })).status).toBe(400);
    expect(await suite.read(id)).toMatchObject({ title: 'a task', version: 1 });
  });

  it('is also accepted as application/merge-patch+json', async () => {
    const { id } = await suite.create();
    const typed = suite.client.with({ 'content-type': 'application/merge-patch+json' });
    expect((await typed.patch(`/tasks/${id}`, { title: 'typed' })).body.data).toMatchObject({ title: 'typed' });
  });

  it.each([
    'id',
    'ref',
    'version',
    'teamId',
    'projectKey',
    'list',
    'parentTaskId',
    'createdAt',
    'startedAt',
    'completed',
    'completedAt',
    'deletedAt',
  ])('does not change %s', async (name) => {
    const { id } = await suite.create();
    expect(refusal(await suite.client.patch(`/tasks/${id}`, { [name]: null }))).toEqual([400, [name, 'UNKNOWN_FIELD']]);
  });

  it('reports all problems at once', async () => {
    const { id } = await suite.create();
    const wrong = {
      title: '',
      priority: 11,
      tags: 'x',
      dueDate: 'soon',
      complexityScore: 0,
      estimatedHours: 1.234,
      y: 1,
    };
    const { body } = await suite.client.patch(`/tasks/${id}`, wrong);
    expect(new Set(body.errors?.map(({ path }) => path))).toEqual(new Set(Object.keys(wrong)));
  });
});

describe('a replacement', () => {
  it('sets omitted fields to their defaults, and keeps project, list and number', async () => {
    const tasks = await suite.project();
    const before = await suite.create(full, tasks);
    const { body } = await suite.client.put<Task>(`/tasks/${before.id}`, { title: 'new' });
    const { updatedAt } = body.data;
    expect(body.data).toEqual({ ...before, ...defaults, title: 'new', version: 2, updatedAt });
  });

  it('equals a creation with the same values', async () => {
    const { id } = await suite.create();
    expect((await suite.client.put(`/tasks/${id}`, full)).body.data).toMatchObject(stored);
  });

  it('requires a title and refuses read-only fields', async () => {
    const { id } = await suite.create();
    expect((await suite.client.put(`/tasks/${id}`, {})).status).toBe(400);
    expect(refusal(await suite.client.put(`/tasks/${id}`, { title: 'x', version: 1 }))).toEqual([
      400,
      ['version', 'UNKNOWN_FIELD'],
    ]);
    expect((await suite.client.put(`/tasks/${ABSENT}`, { title: 'x' })).status).toBe(404);
  });
});

describe('the words of other tools', () => {
  it.each([
    ['pending', 'pending', null],
    ['todo', 'pending', null],
    ['in_progress', 'in_progress', null],
    ['in-progress', 'in_progress', null],
    ['review', 'in_progress', 'review'],
    ['blocked', 'pending', 'blocked'],
    ['deferred', 'pending', 'deferred'],
    ['done', 'completed', null],
    ['completed', 'completed', null],
    ['failed', 'failed', null],
    ['cancelled', 'cancelled', null],
  ])('%s is status %s and stage %s, in every way to write', async (word, status, stage) => {
    const made = await suite.create({ status: word });
    expect(made).toMatchObject({ status, stage });
    const { id } = await suite.create({ status: 'review' });
    expect((await suite.client.patch(`/tasks/${id}`, { status: word })).body.data).toMatchObject({ status, stage });
    expect((await suite.client.put(`/tasks/${id}`, { title: 'x', status: word })).body.data).toMatchObject({
      status,
      stage,
    });
  });

  it.each([
    ['low', 2],
    ['medium', 5],
    ['high', 8],
    ['urgent', 10],
    ['critical', 10],
  ])('priority %s is %i', async (word, priority) => {
    const { id } = await suite.create({ priority: word });
    expect(await suite.read(id)).toMatchObject({ priority });
    expect((await suite.client.patch(`/tasks/${id}`, { priority: word })).body.data).toMatchObject({ priority });
  });

  it.each([
    { status: 'DONE' },
    { status: 'toString' },
    { status: 1 },
    { priority: 'High' },
    { priority: '5' },
    { stage: 'x' },
  ])('are exactly these: %j', async (input) => {
    const [field] = Object.keys(input);
    const made = await suite.client.post('/tasks', { title: 'x', ...input });
    expect([made.status, made.body.errors?.map(({ path }) => path)]).toEqual([400, [field]]);
  });

  it('a stage sets its status, and is refused with another one', async () => {
    expect(await suite.create({ stage: 'review' })).toMatchObject({ status: 'in_progress', stage: 'review' });
    const wrong = { title: 'x', status: 'done', stage: 'blocked' };
    expect(refusal(await suite.client.post('/tasks', wrong))).toEqual([400, ['stage', 'STAGE_MISMATCH']]);
    const { id } = await suite.create();
    expect((await suite.client.patch(`/tasks/${id}`, { stage: 'blocked' })).body.data).toMatchObject({
      status: 'pending',
    });
    expect(refusal(await suite.client.patch(`/tasks/${id}`, { status: 'blocked', stage: 'deferred' }))).toEqual([
      400,
      ['stage', 'STAGE_MISMATCH'],
    ]);
  });

  it('a completion sets its time, and reopening clears it', async () => {
    const { id } = await suite.create();
    const done = await suite.client.post<Task>(`/tasks/${id}/complete`);
    expect(done.body.data).toMatchObject({ status: 'completed', version: 2 });
    expect(done.body.data['completedAt']).toEqual(expect.any(String));
    // A completed task keeps the time of its first completion.
    expect((await suite.client.post(`/tasks/${id}/complete`)).body.data).toEqual(done.body.data);
    expect((await suite.client.patch(`/tasks/${id}`, { status: 'todo' })).body.data).toMatchObject({
      completedAt: null,
    });
  });
});

describe('PATCH /complete', () => {
  // Seen to fail: with the route of POST alone, which answered 405.
  it('completes a task as POST does, and a completed one stays as it is', async () => {
    const { id } = await suite.create();
    const done = await suite.client.patch<Task>(`/tasks/${id}/complete`, undefined);
    expect([done.status, done.headers.get('etag')]).toEqual([200, '"2"']);
    expect(done.body.data).toMatchObject({ status: 'completed', version: 2 });
    expect((await suite.client.patch(`/tasks/${id}/complete`, {})).body.data).toEqual(done.body.data);
    expect((await suite.client.post(`/tasks/${id}/complete`)).body.data).toEqual(done.body.data);
  });
});

describe('an assignee', () => {
  let team: string;

  beforeAll(async () => {
    team = await suite.app.team(suite.ada, suite.bob);
  });

  it.each([
    ['a user by id', () => ({ assigneeId: suite.bob.id }), () => ({ assigneeId: suite.bob.id, assignedTo: 'bob' })],
    ['a user by name', () => ({ assignedTo: 'BOB' }), () => ({ assigneeId: suite.bob.id, assignedTo: 'BOB' })],
    ['a user by e-mail', () => ({ assignedTo: 'bob@example.test' }), () => ({ assigneeId: suite.bob.id })],
    [
      'free text',
      () => ({ assignedTo: 'the night shift' }),
      () => ({ assigneeId: null, assignedTo: 'the night shift' }),
    ],
  ])('is named as %s', async (_, input, expected) => {
    const made = await suite.create({ teamId: team, ...input() });
    expect(made).toMatchObject(expected());
    const { id } = await suite.create({ teamId: team, assigneeId: suite.ada.id });
    expect((await suite.client.patch(`/tasks/${id}`, input())).body.data).toMatchObject(expected());
    expect((await suite.client.put(`/tasks/${id}`, { title: 'x', ...input() })).body.data).toMatchObject(expected());
  });

  it('is a member of the team, or nobody', async () => {
    const outsider = await suite.app.user();
    const { id } = await suite.create({ teamId: team, assigneeId: suite.bob.id });
    for (const assigneeId of [outsider.id, ABSENT]) {
      const refused = await suite.client.patch(`/tasks/${id}`, { assigneeId });
      expect([refused.status, refused.body.errors?.[0]?.path]).toEqual([422, 'assigneeId']);
    }
    for (const cleared of [{ assigneeId: null }, { assignedTo: null }]) {
      await suite.client.patch(`/tasks/${id}`, { assigneeId: suite.bob.id });
      expect((await suite.client.patch(`/tasks/${id}`, cleared)).body.data).toMatchObject({
        assigneeId: null,
        assignedTo: null,
      });
    }
  });
});
