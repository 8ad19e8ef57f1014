import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { PeriodicJobs } from '../../src/platform/jobs/periodic-jobs.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';

interface Shown {
  id: string;
  version: number;
  resolutionStatus: string;
  resolvedAt: string | null;
  occurrenceCount: number;
  isNew: boolean;
  isRegression: boolean;
  [field: string]: unknown;
}

interface Change {
  fromStatus: string;
  toStatus: string;
  cause: string;
  changedBy: string | null;
  notes: string | null;
  serviceVersion: string | null;
}

let app: TestApp;
let ada: TestUser;
let bob: TestUser;
let viewer: TestUser;
let stranger: TestUser;
let team: string;
const as = (user: TestUser): Client => new Client(app.url, user);
const fresh = (): string => `e-${randomUUID()}`;
const report = (fingerprint: string, more: object = {}, user = ada): Promise<Reply<Shown>> =>
  as(user).post<Shown>('/errors', { teamId: team, errorMessage: 'it failed', fingerprint, ...more });
const act = (id: string, action: string, body: object = {}): Promise<Reply<Shown>> =>
  as(ada).post<Shown>(`/errors/${id}/${action}`, body);
const shown = async (id: string): Promise<Shown> => (await as(ada).get<Shown>(`/errors/${id}`)).body.data;

/** Newest first. */
async function history(id: string): Promise<Change[]> {
  return (await as(viewer).get<Change[]>(`/errors/${id}/history`)).body.data;
}

async function newError(more: object = {}): Promise<{ id: string; fingerprint: string }> {
  const fingerprint = fresh();
  const { status, body } = await report(fingerprint, more);
  expect(status).toBe(201);
  return { id: body.data.id, fingerprint };
}

beforeAll(async () => {
  app = await startTestApp();
  await app.sql(`insert into public.user_roles (role_name, permissions)
values ('error_keeper', '["errors:read","errors:write","tasks:read"]')`);
  ada = await app.user('error_keeper', 'ada');
  bob = await app.user('error_keeper', 'bob');
  viewer = await app.user('viewer', 'viewer');
  stranger = await app.user('error_keeper', 'stranger');
  team = await app.team(ada, bob, viewer);
});

afterAll(() => app.close());

describe('managing an error', () => {
  it('assigns it, links it to a task, names it and adds notes, guarded by its version', async () => {
    const { id } = await newError();
    const [task] = await app.sql<{ id: string }>(
      `insert into public.tasks (team_id, title) values ($1, 'mend it') returning id`,
      [team],
    );
    const patch = { assigneeId: bob.id, taskId: task!.id, title: 'The queue', resolutionStatus: 'in_progress' };
    const { status, body, headers } = await as(ada)
      .with({ 'if-match': '"1"' })
      .patch<Shown>(`/errors/${id}`, { ...patch, metadata: { a: 1, b: 2 } });
    expect([status, headers.get('etag')]).toEqual([200, '"2"']);
    expect(body.data).toMatchObject({ ...patch, version: 2, metadata: { a: 1, b: 2 } });
    const stale = await as(ada).with({ 'if-match': '"1"' }).patch(`/errors/${id}`, { title: null });
    expect([stale.status, stale.headers.get('etag')]).toEqual([412, '"2"']);
    const cleared = await as(ada).patch<Shown>(`/errors/${id}`, {
      title: null,
      assigneeId: null,
      metadata: { a: null },
    });
    expect(cleared.body.data).toMatchObject({ title: null, assigneeId: null, metadata: { b: 2 }, version: 3 });
    expect((await as(ada).patch<Shown>(`/errors/${id}`, {})).body.data.version).toBe(3);
    expect((await as(ada).get<Shown[]>(`/errors?taskId=${task!.id}`)).body.data.map((one) => one.id)).toEqual([id]);
  });

  it('rejects references outside the team, and answers 404 to outsiders', async () => {
    const { id } = await newError();
    for (const [body, path] of [
      [{ assigneeId: stranger.id }, 'assigneeId'],
      [{ taskId: randomUUID() }, 'taskId'],
    ] as const) {
      const { status, body: answer } = await as(ada).patch(`/errors/${id}`, body);
      expect([status, answer.errors?.[0]?.path]).toEqual([422, path]);
    }
    expect((await as(ada).patch(`/errors/${id}`, { resolutionStatus: 'regressed' })).status).toBe(400);
    for (const action of ['resolve', 'reopen', 'ignore']) {
      expect((await as(stranger).post(`/errors/${id}/${action}`, {})).status).toBe(404);
      expect((await as(viewer).put(`/errors/${id}/${action}`, {})).status).toBe(403);
    }
  });
});

describe('the history of an error', () => {
  // Seen to fail: without the trigger error_logs_status the history was empty; with the default cause, the regression
  // was attributed to the user who reported it.
  it('records every change of status: who, from, to, why, with notes and release', async () => {
    const { id, fingerprint } = await newError({ serviceVersion: '1.0.0' });
    await act(id, 'resolve', { resolutionNotes: 'Pool enlarged', inVersion: '1.1.0' });
    await report(fingerprint, { serviceVersion: '1.1.0' }, bob);
    await as(bob).put(`/errors/${id}/ignore`, { untilCount: 1, resolutionNotes: 'noisy' });
    await report(fingerprint);
    await as(ada).patch(`/errors/${id}`, { resolutionStatus: 'wont_fix' });
    await as(ada).put(`/errors/${id}/reopen`, {});
    const rows = (await history(id)).reverse();
    expect(rows.map((row) => [row.fromStatus, row.toStatus, row.cause, row.changedBy])).toEqual([
      ['unresolved', 'resolved', 'user', ada.id],
      ['resolved', 'regressed', 'regression', null],
      ['regressed', 'ignored', 'user', bob.id],
      ['ignored', 'unresolved', 'ignore_expired', null],
      ['unresolved', 'wont_fix', 'user', ada.id],
      ['wont_fix', 'unresolved', 'user', ada.id],
    ]);
    expect(rows[0]).toMatchObject({ notes: 'Pool enlarged', serviceVersion: '1.1.0' });
    expect(rows[1]).toMatchObject({ notes: null, serviceVersion: '1.1.0' });
    expect(rows[2]).toMatchObject({ notes: 'noisy' });
    expect((await as(viewer).get<Change[]>(`/errors/${id}/history?cause=regression`)).body.data).toHaveLength(1);
  });
});

describe('resolving', () => {
  it('records when, by whom and in which release, and clears it on reopening', async () => {
    const { id } = await newError({ serviceVersion: '3.0.0' });
    const { status, body } = await act(id, 'resolve', { resolutionNotes: 'done' });
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      ...{ resolutionStatus: 'resolved', resolvedBy: ada.id, resolutionNotes: 'done', version: 2 },
      ...{ resolvedInVersion: '3.0.0', resolvedInNextRelease: false },
    });
    expect(Math.abs(Date.parse(body.data.resolvedAt!) - Date.now())).toBeLessThan(60_000);
    expect((await act(id, 'reopen')).body.data).toMatchObject({
      ...{ resolutionStatus: 'unresolved', resolvedAt: null, resolvedBy: null, resolvedInVersion: null, version: 3 },
    });
    expect((await act(id, 'resolve', { inVersion: '4', inNextRelease: true })).status).toBe(400);
  });

  it('writes nothing in a dry run', async () => {
    const { id } = await newError();
    const { body } = await as(ada).post<Shown>(`/errors/${id}/resolve?dryRun=true`, {});
    expect(body.data.resolutionStatus).toBe('resolved');
    expect(await shown(id)).toMatchObject({ resolutionStatus: 'unresolved', version: 1 });
  });
});

describe('a regression', () => {
  // Seen to fail: compared as text, 1.10.0 is older than 1.9.0 and did not regress; without a comparison, 1.8.9
  // regressed.
  it.each([
    ['the release it is resolved in', { inVersion: '1.9.0' }, '1.9.0', true],
    ['a newer release', { inVersion: '1.9.0' }, '1.10.0', true],
    ['an older release', { inVersion: '1.9.0' }, '1.8.9', false],
    ['a pre-release of it', { inVersion: '1.9.0' }, '1.9.0-rc.2', false],
    ['no known release', { inVersion: '1.9.0' }, null, true],
    ['the release it was last seen in, resolved now', {}, '1.5.0', true],
    ['an older one, resolved now', {}, '1.4.9', false],
    ['the release it was last seen in, resolved in the next', { inNextRelease: true }, '1.5.0', false],
    ['the next release', { inNextRelease: true }, '1.5.1', true],
    ['no known release, resolved in the next', { inNextRelease: true }, null, false],
  ])('of %s', async (_, resolution, serviceVersion, regresses) => {
    const { id, fingerprint } = await newError({ serviceVersion: '1.5.0' });
    await act(id, 'resolve', resolution);
    const { status, body } = await report(fingerprint, { serviceVersion });
    expect([status, body.data.isRegression, body.data.occurrenceCount]).toEqual([200, regresses, 2]);
    expect((await shown(id)).resolutionStatus).toBe(regresses ? 'regressed' : 'resolved');
  });

  it('orders releases that do not follow semver by first appearance', async () => {
    const names = [fresh(), fresh(), fresh()].map((name) => `${name.slice(0, 12)}x`);
    const { id, fingerprint } = await newError({ serviceVersion: names[0], serviceName: 'shas' });
    await report(fingerprint, { serviceVersion: names[1], serviceName: 'shas' });
    await act(id, 'resolve', { inVersion: names[1] });
    const verdict = async (version: string): Promise<boolean> =>
      (await report(fingerprint, { serviceVersion: version, serviceName: 'shas' })).body.data.isRegression;
    expect(await verdict(names[0]!)).toBe(false);
    expect(await verdict(names[2]!)).toBe(true);
    await act(id, 'resolve', { inVersion: 'never seen' });
    expect(await verdict(names[2]!)).toBe(false);
    expect(await verdict(fresh().slice(0, 13))).toBe(true);
  });

  // Seen to fail: compared by arrival time instead of occurrence time, the late report reopened the error.
  it('is not a late report of an earlier occurrence', async () => {
    const { id, fingerprint } = await newError();
    const occurredAt = new Date().toISOString();
    const { body } = await act(id, 'resolve');
    const earlier = new Date(Date.parse(body.data.resolvedAt!) - 1).toISOString();
    for (const instant of [occurredAt, earlier]) {
      const late = await report(fingerprint, { occurredAt: instant });
      expect(late.body.data.isRegression).toBe(false);
    }
    expect(await shown(id)).toMatchObject({ resolutionStatus: 'resolved', occurrenceCount: 3 });
    expect((await report(fingerprint)).body.data.isRegression).toBe(true);
    expect(await shown(id)).toMatchObject({ resolutionStatus: 'regressed', resolvedAt: null });
  });

  // Seen to fail: with the status read before the upsert took its lock, several reports claimed the regression.
  it('happens once, even for many simultaneous occurrences', async () => {
    const people = [ada, bob];
    for (let round = 0; round < 5; round++) {
      const { id, fingerprint } = await newError();
      await act(id, 'resolve');
      const replies = await Promise.all(
        Array.from({ length: 12 }, (_, n) =>
          // With separate keys, each report has its own transaction.
          as(people[n % 2]!)
            .with({ 'idempotency-key': randomUUID() })
            .post<Shown>('/errors', { teamId: team, errorMessage: 'it failed', fingerprint }),
        ),
      );
      expect(replies.map(({ status }) => status)).toEqual(Array(12).fill(200));
      expect(replies.filter(({ body }) => body.data.isRegression)).toHaveLength(1);
      expect((await history(id)).filter(({ cause }) => cause === 'regression')).toHaveLength(1);
    }
  });

  it('concurrent with a resolve is either counted before it or reopens the error', async () => {
    for (let round = 0; round < 20; round++) {
      const { id, fingerprint } = await newError();
      const [resolved, reported] = await Promise.all([act(id, 'resolve'), report(fingerprint, {}, bob)]);
      expect([resolved.status, reported.status]).toEqual([200, 200]);
      const { isRegression } = reported.body.data;
      expect((await shown(id)).resolutionStatus).toBe(isRegression ? 'regressed' : 'resolved');
    }
  });
});

describe('ignoring', () => {
  it('lasts for the configured count, number of users or time', async () => {
    const counted = await newError();
    expect((await act(counted.id, 'ignore', { untilCount: 2 })).body.data).toMatchObject({
      ...{ resolutionStatus: 'ignored', ignoredUntilCount: 3, ignoredUntil: null },
    });
    await report(counted.fingerprint);
    expect((await shown(counted.id)).resolutionStatus).toBe('ignored');
    await report(counted.fingerprint);
    expect(await shown(counted.id)).toMatchObject({ resolutionStatus: 'unresolved', ignoredUntilCount: null });

    const met = await newError({ userId: 'u1' });
    await act(met.id, 'ignore', { untilUsers: 1 });
    await report(met.fingerprint, { userId: 'u1' });
    expect((await shown(met.id)).resolutionStatus).toBe('ignored');
    await report(met.fingerprint, { userId: 'u2' });
    expect((await shown(met.id)).resolutionStatus).toBe('unresolved');

    const timed = await newError();
    await act(timed.id, 'ignore', { until: new Date(Date.now() + 3_600_000).toISOString() });
    await report(timed.fingerprint);
    expect((await shown(timed.id)).resolutionStatus).toBe('ignored');
    await act(timed.id, 'ignore', { until: new Date(Date.now() - 1_000).toISOString() });
    await report(timed.fingerprint);
    expect((await shown(timed.id)).resolutionStatus).toBe('unresolved');

    const forever = await newError();
    await act(forever.id, 'ignore');
    await report(forever.fingerprint);
    expect(await shown(forever.id)).toMatchObject({ resolutionStatus: 'ignored', occurrenceCount: 2 });
  });

  it('ends when its time is over', async () => {
    const { id } = await newError();
    const other = await newError();
    await act(id, 'ignore', { until: new Date(Date.now() - 1_000).toISOString() });
    await act(other.id, 'ignore', { until: new Date(Date.now() + 3_600_000).toISOString() });
    expect(await app.app.get(PeriodicJobs).runNow('error-ignores')).toBe(true);
    expect([(await shown(id)).resolutionStatus, (await shown(other.id)).resolutionStatus]).toEqual([
      ...['unresolved', 'ignored'],
    ]);
    expect((await history(id))[0]).toMatchObject({ cause: 'ignore_expired', changedBy: null });
  });
});

describe('versions of releases', () => {
  // The example of semver.org, clause 11, and forms that occur in practice.
  it('sort by the rules of semver', async () => {
    const sorted = [
      ...['0.9.12', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta', '1.0.0-beta.2', '1.0.0-beta.11'],
      ...['1.0.0-rc.1', '1.0.0', 'v1.0.1', 'shop@1.2.0+build.7', '1.10', '2.0.0.1', '10'],
    ];
    const [row] = await app.sql<{ found: string[] }>(
      `select array_agg(v order by app.release_key(v) collate "C") as found from unnest($1::text[]) v`,
      [[...sorted].reverse()],
    );
    expect(row?.found).toEqual(sorted);
    const none = await app.sql(`select v from unnest($1::text[]) v where app.release_key(v) is not null`, [
      ['', 'main', '3f2a9c1', '1.x', '1.2.3.4.5', 'a b@1', '1..2'],
    ]);
    expect(none).toEqual([]);
  });
});

describe('merging', () => {
  interface Counts {
    readonly count: number;
    readonly users: number;
    readonly hours: number;
    readonly kept: number;
    readonly merged: string | null;
  }

  const counts = async (id: string): Promise<Counts> =>
    (
      await app.sql<Counts & Record<string, unknown>>(
        `select occurrence_count as count, users_affected as users, merged_into as merged,
  (select coalesce(sum(c.occurrence_count), 0)::int from public.error_hourly_counts c where c.error_id = e.id) as hours,
  (select count(*)::int from public.error_occurrences o where o.error_id = e.id) as kept
from public.error_logs e
where id = $1`,
        [id],
      )
    )[0]!;

  // Seen to fail: without the lookup of the merged group in app.place_errors, the later report raised the source's
  // count.
  it('moves counts, occurrences and users, and redirects later reports', async () => {
    const source = await newError({ userId: 'a', occurredAt: '2026-11-01T00:00:00Z' });
    await report(source.fingerprint, { userId: 'b' });
    const target = await newError({ userId: 'b' });
    const merged = await as(ada)
      .with({ 'if-match': '"1"' })
      .post<Shown>(`/errors/${source.id}/merge`, { into: target.id });
    expect([merged.status, merged.body.data]).toMatchObject([
      200,
      { id: target.id, occurrenceCount: 3, usersAffected: 2, firstOccurredAt: '2026-11-01T00:00:00+00:00', version: 1 },
    ]);
    expect(await counts(target.id)).toEqual({ count: 3, users: 2, hours: 3, kept: 3, merged: null });
    expect(await counts(source.id)).toEqual({ count: 0, users: 0, hours: 0, kept: 0, merged: target.id });
    const later = await report(source.fingerprint, { userId: 'c' });
    expect([later.status, later.body.data]).toMatchObject([
      200,
      { id: target.id, occurrenceCount: 4, usersAffected: 3, isNew: false },
    ]);
    const listed = await as(ada).get<Shown[]>(`/errors?id=${source.id},${target.id}`);
    expect(listed.body.data.map(({ id }) => id)).toEqual([target.id]);
    expect((await as(ada).get<Shown[]>(`/errors?merged=only&mergedInto=${target.id}`)).body.data).toHaveLength(1);
    expect((await history(source.id))[0]).toMatchObject({ cause: 'merge', changedBy: ada.id });
    expect((await act(source.id, 'resolve')).status).toBe(409);

    const last = await newError();
    expect((await act(target.id, 'merge', { into: last.id })).body.data.occurrenceCount).toBe(5);
    expect((await counts(source.id)).merged).toBe(last.id);
    expect((await report(source.fingerprint)).body.data.id).toBe(last.id);
  });

  it('rejects the error itself, merged errors, stale versions and other teams', async () => {
    const [one, two, three] = [await newError(), await newError(), await newError()];
    const foreign = await as(stranger).post<Shown>('/errors', { errorMessage: 'elsewhere' });
    expect((await act(one.id, 'merge', { into: one.id })).status).toBe(422);
    expect((await act(one.id, 'merge', { into: randomUUID() })).status).toBe(422);
    expect((await act(one.id, 'merge', { into: foreign.body.data.id })).status).toBe(422);
    expect((await act(foreign.body.data.id, 'merge', { into: one.id })).status).toBe(404);
    const stale = await as(ada).with({ 'if-match': '"7"' }).post(`/errors/${one.id}/merge`, { into: two.id });
    expect([stale.status, stale.headers.get('etag')]).toEqual([412, '"1"']);
    await act(one.id, 'merge', { into: two.id });
    expect((await act(one.id, 'merge', { into: three.id })).status).toBe(409);
    expect((await act(three.id, 'merge', { into: one.id })).status).toBe(409);
  });

  // Seen to fail: without the advisory lock, reports that had found the source before the merge were counted there.
  it('loses no concurrent report', async () => {
    const [source, target] = [await newError(), await newError()];
    const batch = (): Promise<Reply> =>
      as(bob).post('/errors/batch', {
        errors: Array.from({ length: 20 }, (_, n) => ({
          ...{ teamId: team, errorMessage: 'm', fingerprint: n % 2 ? source.fingerprint : target.fingerprint },
        })),
      });
    const replies = await Promise.all([
      batch(),
      batch(),
      act(source.id, 'merge', { into: target.id }),
      batch(),
      batch(),
    ]);
    expect(replies.map(({ status }) => status)).toEqual(Array(5).fill(200));
    expect(await counts(source.id)).toMatchObject({ count: 0, hours: 0, kept: 0 });
    expect(await counts(target.id)).toMatchObject({ count: 82, hours: 82 });
  });
});

describe('retention', () => {
  // Seen to fail: with one retention for all, the open error lost its old occurrence or the closed one kept its own.
  it('removes occurrences of resolved errors after 30 days and others after a year, with their personal data', async () => {
    const open = await newError({ userId: 'a', contextData: { seen: 1 }, ipAddress: '203.0.113.9' });
    const closed = await newError({ userId: 'a', contextData: { seen: 1 }, sessionId: 's' });
    const recent = await newError({ userId: 'a', contextData: { seen: 1 } });
    await act(closed.id, 'resolve');
    for (const { fingerprint } of [open, closed]) {
      await report(fingerprint, { occurredAt: new Date(Date.now() - 20 * 86_400_000).toISOString() });
      await report(fingerprint, { occurredAt: new Date(Date.now() - 40 * 86_400_000).toISOString() });
      await report(fingerprint, { occurredAt: new Date(Date.now() - 400 * 86_400_000).toISOString() });
    }
    await app.sql(
      `update public.error_logs set last_occurred_at = now() - interval '31 days' where id = any($1::uuid[])`,
      [[open.id, closed.id]],
    );
    expect(await app.app.get(PeriodicJobs).runNow('error-retention')).toBe(true);
    const kept = async (id: string): Promise<unknown> =>
      (
        await app.sql(
          `select (select count(*)::int from public.error_occurrences o where o.error_id = e.id) as kept,
  (select count(*)::int from public.error_users u where u.error_id = e.id) as hashes,
  occurrence_count as count, users_affected as users, user_id, context_data as context
from public.error_logs e where id = $1`,
          [id],
        )
      )[0];
    const whole = { count: 4, users: 1, hashes: 1, user_id: 'a', context: { seen: 1 } };
    expect(await kept(open.id)).toEqual({ ...whole, kept: 3 });
    expect(await kept(closed.id)).toEqual({ ...whole, kept: 2, hashes: 0, user_id: null, context: {} });
    expect(await kept(recent.id)).toEqual({ ...whole, kept: 1, count: 1 });
  });
});
