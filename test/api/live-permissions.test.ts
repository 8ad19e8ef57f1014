import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStream } from '../../src/platform/events/event-stream.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { LiveTestClient } from '../support/live-client.js';

/**
 * The service decides for every batch who may see an event, not once at connect.
 * Seen to fail: with the audience cached from the first batch, every change of rights came too late; with maySee always
 * true, everybody saw everything; without the check at the heartbeat, an idle connection outlived its credential.
 */
const HEARTBEAT_MS = 2_000;

let app: TestApp;
const open: LiveTestClient[] = [];

beforeAll(async () => {
  app = await startTestApp({ WS_HEARTBEAT_MS: String(HEARTBEAT_MS) });
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()));
});

afterAll(() => app.close());

async function listen(user: TestUser): Promise<LiveTestClient> {
  const client = await LiveTestClient.open(app.url, user.key);
  open.push(client);
  expect((await client.ask('subscribe', { id: 'all' })).event).toBe('subscribed');
  return client;
}

async function newTask(by: TestUser, teamId: string, title = 'a task'): Promise<string> {
  const { body } = await new Client(app.url, by).post<{ id: string }>('/tasks', { title, teamId });
  return body.data.id;
}

const created = (client: LiveTestClient): string[] =>
  client.events().flatMap(({ type, subject }) => (type === 'task.created' ? [subject.slice('tasks/'.length)] : []));

/** What a client has seen by the time of an event that it must see. */
async function seenUpTo(client: LiveTestClient, id: string): Promise<string[]> {
  await client.eventOf(id, 'task.created');
  return created(client);
}

describe('an event', () => {
  it('reaches only the members of its team and administrators', async () => {
    const [one, other, stranger] = [await app.user(), await app.user(), await app.user()];
    const admin = await app.user('admin');
    const team = await app.team(one, other);
    const clients = await Promise.all([one, other, stranger, admin].map(listen));
    const shared = await newTask(one, team);
    const own = await newTask(stranger, stranger.teamId);
    expect(await seenUpTo(clients[2]!, own)).toEqual([own]);
    for (const member of clients.slice(0, 2)) expect(await seenUpTo(member, shared)).toEqual([shared]);
    expect(await seenUpTo(clients[3]!, own)).toEqual([shared, own]);
  });

  it('reaches only users with the required permission', async () => {
    const owner = await app.user('admin');
    const narrow = await app.user('developer', 'narrow-errors', ['errors:read']);
    const wide = await app.user('developer');
    const team = await app.team(owner, narrow, wide);
    const [one, other] = await Promise.all([listen(narrow), listen(wide)]);
    const task = await newTask(owner, team);
    const report = { errorMessage: 'it broke', teamId: team };
    expect((await new Client(app.url, owner).post('/errors', report)).status).toBe(201);
    await one.until(({ data }) => data.event?.type === 'error.created');
    expect(await seenUpTo(other, task)).toEqual([task]);
    expect(one.events().map(({ type }) => type)).toEqual(['error.created']);
  });

  it('is not replayed to users who may not see it', async () => {
    const [one, stranger] = [await app.user(), await app.user()];
    // The stranger may see the events of their own creation, which precede the cursor.
    await app.app.get(EventStream).settle();
    const client = await listen(stranger);
    const since = client.answers[0]!.data.cursor;
    const id = await newTask(one, one.teamId);
    const own = await newTask(stranger, stranger.teamId);
    await client.eventOf(own, 'task.created');
    await client.ask('subscribe', { id: 'again', since });
    expect(client.events('again').map(({ subject }) => subject)).toEqual([`tasks/${own}`]);
    expect(JSON.stringify(client.answers)).not.toContain(id);
  });
});

describe('a change of permissions', () => {
  it('by a lost membership takes effect with the next event', async () => {
    const [owner, member] = [await app.user(), await app.user()];
    const team = await app.team(owner, member);
    const client = await listen(member);
    const before = await newTask(owner, team);
    await client.eventOf(before, 'task.created');
    await app.sql('delete from public.team_members where team_id = $1 and user_id = $2', [team, member.id]);
    await newTask(owner, team, 'not theirs any more');
    const own = await newTask(member, member.teamId);
    expect(await seenUpTo(client, own)).toEqual([before, own]);
  });

  it('by a new membership takes effect with the next event', async () => {
    const [owner, member] = [await app.user(), await app.user()];
    const team = await app.team(owner);
    const client = await listen(member);
    await newTask(owner, team, 'not theirs yet');
    // Checked before they join, because afterwards they may see it.
    await app.app.get(EventStream).settle();
    await client.ask('ping', {});
    await app.sql(`insert into public.team_members (team_id, user_id, role) values ($1, $2, 'member')`, [
      team,
      member.id,
    ]);
    const after = await newTask(owner, team);
    expect(await seenUpTo(client, after)).toEqual([after]);
  });

  it('by another role takes effect with the next event', async () => {
    const admin = await app.user('admin');
    const other = await app.user();
    const client = await listen(admin);
    const before = await newTask(other, other.teamId);
    await client.eventOf(before, 'task.created');
    await app.sql(
      `update public.users set role_id = (select id from public.user_roles where role_name = 'viewer') where id = $1`,
      [admin.id],
    );
    await newTask(other, other.teamId, 'not for a viewer elsewhere');
    const [own] = await app.sql<{ id: string }>(
      `insert into public.tasks (team_id, title, created_by) values ($1, 'own', $2) returning id`,
      [admin.teamId, admin.id],
    );
    expect(await seenUpTo(client, own!.id)).toEqual([before, own!.id]);
  });

  const ends: [string, (user: TestUser) => Promise<unknown>][] = [
    ['a revoked key', ({ keyId }) => app.sql('update public.api_keys set revoked_at = now() where id = $1', [keyId])],
    [
      'an expired key',
      ({ keyId }) =>
        app.sql(
          `update public.api_keys set created_at = now() - interval '2 days', expires_at = now() - interval '1 second' where id = $1`,
          [keyId],
        ),
    ],
    ['a deactivated user', ({ id }) => app.sql('update public.users set is_active = false where id = $1', [id])],
  ];

  it.each(ends)('%s closes the connection with 4401 at the next event, which is not sent', async (_, end) => {
    const [owner, member] = [await app.user(), await app.user()];
    const team = await app.team(owner, member);
    const client = await listen(member);
    await end(member);
    await newTask(owner, team);
    expect(await client.closed).toEqual({ code: 4401, reason: 'unauthenticated' });
    expect(created(client)).toEqual([]);
    const again = await LiveTestClient.open(app.url, member.key).then(
      (let_in) => let_in.close().then(() => 'let in'),
      (error: unknown) => String(error),
    );
    expect(again).toContain('401');
  });

  it.each(ends)('%s closes an idle connection at its heartbeat', async (_, end) => {
    const user = await app.user();
    const client = await listen(user);
    await end(user);
    expect((await client.closed).code).toBe(4401);
  });
});
