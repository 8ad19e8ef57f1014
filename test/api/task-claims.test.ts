import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { PeriodicJobs } from '../../src/platform/jobs/periodic-jobs.js';
import { Client } from '../support/client.js';
import { eventually } from '../start/program.js';
import { ABSENT, refusal, TaskSuite } from './task-suite.js';
import type { Task } from './task-suite.js';

/*
 * Seen to fail: without the lease check in app.hold_lease, writes under old fences were accepted; without the trigger
 * tasks_lease_ends, a lease outlived its task; without `skip locked` and the status in the lookup, two claims got one
 * task. The tests set the expiry of a lease directly instead of waiting.
 */
let suite: TaskSuite;
let projectKey: string;
let path: string;

interface Lease {
  readonly taskId: string;
  readonly fence: number;
  readonly holderId: string;
  readonly leaseSeconds: number;
  readonly claimedAt: string;
  readonly heartbeatAt: string;
  readonly expiresAt: string;
}

interface Claim {
  readonly task: Task;
  readonly lease: Lease;
}

beforeAll(async () => {
  suite = await TaskSuite.start();
});

beforeEach(async () => {
  path = await suite.project();
  projectKey = path.split('/')[2] ?? '';
});

afterAll(() => suite.app.close());

async function claim(more: object = {}, client = suite.client): Promise<Claim> {
  const { status, body, text } = await client.post<Claim>('/tasks/claim', { projectKey, ...more });
  if (status !== 200) throw new Error(`${status} ${text}`);
  return body.data;
}

async function expire({ task }: Claim): Promise<void> {
  await suite.app.sql(`update public.task_leases set expires_at = clock_timestamp() where task_id = $1`, [task.id]);
}

const lost = [409, ['fence', 'LEASE_LOST']];

describe('a claim', () => {
  it('returns the best ready task, in progress and assigned to the caller', async () => {
    await suite.create({ title: 'low' }, path);
    const high = await suite.create({ title: 'high', priority: 'high' }, path);
    const { task, lease } = await claim({ leaseSeconds: 60 });
    expect(task).toMatchObject({
      ...{ id: high.id, status: 'in_progress', assigneeId: suite.ada.id, assignedTo: 'ada', version: 2 },
    });
    expect(lease).toEqual({
      ...{ taskId: high.id, fence: 1, holderId: suite.ada.id, leaseSeconds: 60, claimedAt: expect.any(String) },
      ...{ heartbeatAt: lease.claimedAt, expiresAt: expect.any(String) },
    });
    expect(Date.parse(lease.expiresAt) - Date.parse(lease.claimedAt)).toBe(60_000);
  });

  it('answers 204 when nothing is ready', async () => {
    const { id } = await suite.create({}, path);
    await suite.create({ status: 'blocked' }, path);
    await suite.create({ status: 'in_progress' }, path);
    const waiting = await suite.create({}, path);
    await suite.client.post(`/tasks/${waiting.id}/dependencies`, { dependsOn: id });
    expect((await claim()).task.id).toBe(id);
    const nothing = await suite.client.post('/tasks/claim', { projectKey });
    expect([nothing.status, nothing.text]).toEqual([204, '']);
    await suite.client.post(`/tasks/${id}/complete`);
    expect((await claim()).task.id).toBe(waiting.id);
  });

  it('respects its filters', async () => {
    const made = [
      await suite.create({ type: 'bug', tags: ['a', 'b'], priority: 3 }, path),
      await suite.create({ type: 'docs', tags: ['a'], priority: 9 }, path),
      await suite.create({ list: 'other', priority: 1, assigneeId: suite.ada.id }, path),
    ].map(({ id }) => id);
    const dry = suite.client;
    const first = async (filter: object): Promise<number | undefined> => {
      const { status, body } = await dry.post<Claim>('/tasks/claim?dryRun=true', { projectKey, ...filter });
      return status === 204 ? undefined : made.indexOf(body.data.task.id);
    };
    expect(await first({})).toBe(1);
    expect(await first({ type: 'bug' })).toBe(0);
    expect(await first({ tags: ['a', 'b'] })).toBe(0);
    expect(await first({ tags: ['c'] })).toBeUndefined();
    expect(await first({ priorityMin: 'high' })).toBe(1);
    expect(await first({ priorityMin: 10 })).toBeUndefined();
    expect(await first({ list: 'other' })).toBe(2);
    expect(await first({ assigneeId: suite.ada.id })).toBe(2);
    expect(await first({ assigneeId: null })).toBe(1);
    const elsewhere = await dry.post('/tasks/claim', { projectKey, teamId: suite.bob.teamId });
    expect(elsewhere.body.code).toBe('NOT_FOUND');
  });

  it('returns every task once, under concurrent claims', async () => {
    const made = await Promise.all(Array.from({ length: 30 }, () => suite.create({}, path)));
    const replies = await Promise.all(
      Array.from({ length: 40 }, () => suite.client.post<Claim>('/tasks/claim', { projectKey })),
    );
    const got = replies.filter(({ status }) => status === 200).map(({ body }) => body.data.task.id);
    expect(got.sort()).toEqual(made.map(({ id }) => id).sort());
    expect(replies.filter(({ status }) => status === 204).length).toBe(10);
  });

  it('finds a task that others are changing at the same moment', async () => {
    const [one] = [await suite.create({}, path)];
    const renaming = Promise.all(
      Array.from({ length: 10 }, (_, n) => suite.client.patch(`/tasks/${one.id}`, { title: `name ${n}` })),
    );
    expect((await claim()).task.id).toBe(one.id);
    await renaming;
  });

  // Seen to fail: without the second lookup the claim answered that nothing is ready.
  it('finds tasks that others are releasing at this moment', async () => {
    await suite.create({}, path);
    const late = await claim();
    await expire(late);
    const other = new pg.Client({ connectionString: suite.app.database.url });
    await other.connect();
    try {
      await other.query('begin');
      await other.query(`update public.tasks set status = 'pending' where id = $1`, [late.task.id]);
      const claimed = claim();
      expect(await eventually(() => suite.app.isBlocked())).toBe(true);
      await other.query('commit');
      expect((await claimed).task.id).toBe(late.task.id);
    } finally {
      await other.end();
    }
  });

  // Seen to fail: without the filter in the statement that locks, the claim got the task of somebody else.
  it('does not get a task that has stopped to match its filter', async () => {
    const task = await suite.create({ tags: ['wanted'] }, path);
    const other = new pg.Client({ connectionString: suite.app.database.url });
    await other.connect();
    try {
      await other.query('begin');
      await other.query(`update public.tasks set tags = '[]' where id = $1`, [task.id]);
      const claimed = suite.client.post('/tasks/claim', { projectKey, tags: ['wanted'] });
      expect(await eventually(() => suite.app.isBlocked())).toBe(true);
      await other.query('commit');
      expect((await claimed).status).toBe(204);
    } finally {
      await other.end();
    }
  });

  it('keeps an existing assignee, and assigns nobody from outside the team', async () => {
    await suite.create({ assignedTo: 'a contractor' }, path);
    const named = await claim();
    expect(named.task).toMatchObject({ assigneeId: null, assignedTo: 'a contractor' });
    await suite.create({}, path);
    const root = new Client(suite.app.url, await suite.app.user('admin'));
    expect((await claim({}, root)).task).toMatchObject({ assigneeId: null, assignedTo: null });
  });

  it('is replayed under one Idempotency-Key', async () => {
    await suite.create({}, path);
    await suite.create({}, path);
    const keyed = suite.client.with({ 'idempotency-key': `claim-${projectKey}` });
    const [first, again] = [await claim({}, keyed), await claim({}, keyed)];
    expect(again).toEqual(first);
  });

  it('needs to read tasks as well', async () => {
    await suite.create({}, path);
    const writer = new Client(suite.app.url, await suite.app.user('developer', 'writer', ['tasks:write']));
    const { status, body } = await writer.post('/tasks/claim');
    expect([status, body.code]).toEqual([403, 'FORBIDDEN']);
  });

  it('refuses invalid input', async () => {
    for (const wrong of [{ leaseSeconds: 0 }, { leaseSeconds: 86_401 }, { teamId: 'x' }, { unknown: 1 }]) {
      expect((await suite.client.post('/tasks/claim', wrong)).status).toBe(400);
    }
    const viewer = new Client(suite.app.url, await suite.app.user('viewer'));
    expect((await viewer.post('/tasks/claim', {})).status).toBe(403);
  });
});

describe('a lease', () => {
  it('is extended by heartbeats', async () => {
    await suite.create({}, path);
    const { task, lease } = await claim({ leaseSeconds: 60 });
    const beat = await suite.client.post<{ lease: Lease }>(`/tasks/${task.id}/heartbeat`, { fence: lease.fence });
    expect(beat.status).toBe(200);
    const { heartbeatAt, expiresAt } = beat.body.data.lease;
    expect(Date.parse(expiresAt) - Date.parse(heartbeatAt)).toBe(60_000);
    expect(heartbeatAt > lease.heartbeatAt).toBe(true);
    const longer = await suite.client.post<{ lease: Lease }>(`/tasks/${task.id}/heartbeat`, {
      ...{ fence: lease.fence, leaseSeconds: 600 },
    });
    expect(longer.body.data.lease.leaseSeconds).toBe(600);
    expect((await suite.read(task.id)).version).toBe(task.version);
  });

  it('can be released: the task is pending and unassigned again', async () => {
    await suite.create({}, path);
    const { task, lease } = await claim();
    const released = await suite.client.post<Task>(`/tasks/${task.id}/release`, { fence: lease.fence });
    expect(released.body.data).toMatchObject({ status: 'pending', assigneeId: null, assignedTo: null });
    expect(refusal(await suite.client.post(`/tasks/${task.id}/release`, { fence: lease.fence }))).toEqual(lost);
    expect((await claim()).lease.fence).toBe(lease.fence + 1);
  });

  it('makes its task claimable the moment it expires, with a higher fence', async () => {
    await suite.create({}, path);
    const first = await claim();
    expect((await suite.client.post('/tasks/claim', { projectKey })).status).toBe(204);
    await expire(first);
    const second = await claim();
    expect([second.task.id, second.lease.fence]).toEqual([first.task.id, first.lease.fence + 1]);
  });

  it('that has expired returns the task to pending', async () => {
    await suite.create({}, path);
    const held = await claim();
    await expire(held);
    const jobs = suite.app.app.get(PeriodicJobs);
    while (!(await jobs.runNow('task-leases')));
    expect(await suite.read(held.task.id)).toMatchObject({ status: 'pending', assigneeId: null });
  });

  it.each([
    ['completes', (id: string) => suite.client.post(`/tasks/${id}/complete`)],
    ['cancels', (id: string) => suite.client.patch(`/tasks/${id}`, { status: 'cancelled' })],
    ['resets', (id: string) => suite.client.patch(`/tasks/${id}`, { status: 'pending' })],
    ['deletes', (id: string) => suite.client.delete(`/tasks/${id}`)],
  ])('ends when somebody %s the task', async (_, write) => {
    await suite.create({}, path);
    const { task, lease } = await claim();
    expect((await write(task.id)).status).toBeLessThan(300);
    await suite.client.post(`/tasks/${task.id}/restore`);
    expect(refusal(await suite.client.post(`/tasks/${task.id}/heartbeat`, { fence: lease.fence }))).toEqual(lost);
  });

  it('appears in blockers, and hides its task from next', async () => {
    await suite.create({}, path);
    const { task } = await claim();
    const { body } = await suite.client.get<{ reasons: { code: string }[] }>(`/tasks/${task.id}/blockers`);
    expect(body.data.reasons.map(({ code }) => code)).toEqual(['IN_PROGRESS', 'LEASED']);
    expect((await suite.client.get(`/tasks/next?projectKey=${projectKey}`)).body.data).toEqual([]);
    await suite.app.sql('update public.task_leases set ended_at = now() where task_id = $1', [task.id]);
    expect((await suite.client.get<Task[]>(`/tasks/next?projectKey=${projectKey}`)).body.data).toHaveLength(1);
  });

  it('of a missing task is 404', async () => {
    const foreign = (await suite.asBob.post<Task>('/tasks', { title: 'foreign' })).body.data;
    for (const id of [ABSENT, foreign.id]) {
      expect((await suite.client.post(`/tasks/${id}/heartbeat`, { fence: 1 })).status).toBe(404);
      expect((await suite.client.post(`/tasks/${id}/release`, { fence: 1 })).status).toBe(404);
    }
  });
});

describe('a write under a fence', () => {
  type Write = (id: string, fence: number) => Promise<{ status: number; body: { code?: string } }>;
  const fenced = (fence: number): Client => suite.client.with({ 'lease-fence': String(fence) });
  const bulk = (operation: object): Promise<{ status: number; body: { code?: string } }> =>
    suite.client.post('/tasks/bulk', { atomic: true, operations: [operation] });
  const writes: readonly (readonly [string, Write])[] = [
    ['PATCH, header', (id, fence) => fenced(fence).patch(`/tasks/${id}`, { title: 'new' })],
    ['PATCH, body', (id, fence) => suite.client.patch(`/tasks/${id}`, { title: 'new', fence })],
    ['PUT', (id, fence) => fenced(fence).put(`/tasks/${id}`, { title: 'new', status: 'in_progress' })],
    ['complete, header', (id, fence) => fenced(fence).post(`/tasks/${id}/complete`)],
    ['complete, body', (id, fence) => suite.client.post(`/tasks/${id}/complete`, { fence })],
    ['DELETE', (id, fence) => fenced(fence).delete(`/tasks/${id}`)],
    ['bulk update', (id, fence) => bulk({ op: 'update', id, patch: { title: 'new' }, fence })],
    ['bulk delete', (id, fence) => bulk({ op: 'delete', id, fence })],
  ];

  it.each(writes)('%s is accepted while the lease is live, and only then', async (_, write) => {
    await suite.create({ title: 'old' }, path);
    const { task, lease } = await claim();
    expect((await write(task.id, lease.fence + 1)).body.code).toBe('LEASE_LOST');
    await expire({ task, lease });
    const late = await write(task.id, lease.fence);
    expect([late.status, late.body.code]).toEqual([409, 'LEASE_LOST']);
    expect(await suite.read(task.id)).toMatchObject({ title: 'old', deletedAt: null });
    const again = await claim();
    expect((await write(task.id, lease.fence)).status).toBe(409);
    expect((await write(task.id, again.lease.fence)).status).toBeLessThan(300);
  });

  it('is reserved to the holder', async () => {
    const carol = await suite.app.user('developer', `carol-${projectKey}`);
    const teamId = await suite.app.team(suite.ada, carol);
    await suite.create({ teamId });
    const { task, lease } = await claim({ projectKey: undefined, teamId });
    const other = new Client(suite.app.url, carol);
    expect(refusal(await other.patch(`/tasks/${task.id}`, { title: 'x', fence: lease.fence }))).toEqual(lost);
    expect((await other.patch(`/tasks/${task.id}`, { title: 'people may' })).status).toBe(200);
  });

  it('completes once, and gives the same response when repeated', async () => {
    await suite.create({}, path);
    const { task, lease } = await claim();
    const first = await suite.client.post(`/tasks/${task.id}/complete`, { fence: lease.fence });
    const again = await suite.client.post(`/tasks/${task.id}/complete`, { fence: lease.fence });
    expect([again.status, again.body.data]).toEqual([200, first.body.data]);
    expect((await suite.client.post(`/tasks/${task.id}/complete`, { fence: lease.fence + 1 })).status).toBe(409);
  });

  it('also works by number within a project', async () => {
    const { ref } = await suite.create({}, path);
    const { lease } = await claim();
    expect((await fenced(lease.fence + 1).patch(`${path}/${ref}`, { title: 'x' })).status).toBe(409);
    expect((await fenced(lease.fence).patch(`${path}/${ref}`, { title: 'x' })).status).toBe(200);
    expect((await suite.client.post(`${path}/${ref}/complete`, { fence: lease.fence })).status).toBe(200);
  });

  it('is refused with an invalid fence', async () => {
    const { id } = await suite.create({}, path);
    expect(refusal(await suite.client.patch(`/tasks/${id}`, { fence: 'x' }))).toEqual([400, ['fence', 'IS_INT']]);
    const header = await suite.client.with({ 'lease-fence': '-1' }).patch(`/tasks/${id}`, {});
    expect(refusal(header)).toEqual([400, ['header.Lease-Fence', 'INVALID_HEADER']]);
    const both = await fenced(1).patch(`/tasks/${id}`, { fence: 2 });
    expect(refusal(both)).toEqual([400, ['fence', 'FENCE_MISMATCH']]);
  });
});
