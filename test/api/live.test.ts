import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Reflector } from '@nestjs/core';
import type { ExecutionContext } from '@nestjs/common';
import { LiveGateway } from '../../src/modules/live/live.gateway.js';
import { AccessTokens } from '../../src/platform/credentials/access-token.js';
import { Authenticator } from '../../src/platform/credentials/authenticator.js';
import { AccessGuard } from '../../src/platform/http/access.guard.js';
import type { Access } from '../../src/platform/auth/permission.js';
import { ACCESS } from '../../src/platform/auth/permission.js';
import { EventStream } from '../../src/platform/events/event-stream.js';
import { kindsOf } from '../../src/platform/realtime/message.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { LiveTestClient } from '../support/live-client.js';
import { openSocket } from '../support/web-socket.js';

/**
 * The messages of /ws, their answers and their refusals.
 * Seen to fail: without the guard's branch for messages, `subscribe` before `authenticate` was accepted; without the
 * adapter's queue, `subscribe` right after `authenticate` was refused; without the filter, a refusal was Nest's
 * "Internal server error".
 */
let app: TestApp;
let user: TestUser;
let rest: Client;
const open: LiveTestClient[] = [];

beforeAll(async () => {
  app = await startTestApp();
  user = await app.user();
  rest = new Client(app.url, user);
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()));
});

afterAll(() => app.close());

async function connect(key?: string): Promise<LiveTestClient> {
  const client = await LiveTestClient.open(app.url, key);
  open.push(client);
  return client;
}

const settle = (): Promise<void> => app.app.get(EventStream).settle();

async function newTask(title: string, more: object = {}): Promise<string> {
  const { body, status } = await rest.post<{ id: string }>('/tasks', { title, ...more });
  expect([status, body.code]).toEqual([201, undefined]);
  return body.data.id;
}

describe('the user of a connection', () => {
  it('comes from the headers of the handshake', async () => {
    const client = await connect(user.key);
    expect((await client.ask('subscribe', { id: 'a' })).event).toBe('subscribed');
    const bearer = await LiveTestClient.open(app.url, undefined, { authorization: `Bearer ${user.key}` });
    open.push(bearer);
    expect((await bearer.ask('subscribe', { id: 'a' })).event).toBe('subscribed');
  });

  it('is refused before the handshake if the credential is invalid', async () => {
    const wrong = { headers: { 'x-api-key': `tmk_${'x'.repeat(43)}` } };
    const { status, body } = await openSocket(app.url, '/ws', wrong);
    expect([status, body.code]).toEqual([401, 'UNAUTHENTICATED']);
    const inUrl = await openSocket(app.url, `/ws?token=${user.key}`);
    expect([inUrl.status, inUrl.body.code]).toEqual([400, 'CREDENTIAL_IN_URL']);
  });

  it('comes from the first message, and the following messages wait for it', async () => {
    const client = await connect();
    client.send('authenticate', { token: user.key }, 1);
    client.send('subscribe', { id: 'a' }, 2);
    const answer = await client.until(({ id }) => id === 2);
    expect(client.answers.map(({ event, id }) => [event, id])).toEqual([
      ['authenticated', 1],
      ['subscribed', 2],
    ]);
    expect(answer.data.cursor).toMatch(/^[\w-]{22}$/);
    expect(client.answers[0]!.data).toEqual({ userId: user.id, expiresAt: null });
  });

  it('must be known before any other message: 4401', async () => {
    const client = await connect();
    const answer = await client.ask('subscribe', { id: 'a' });
    expect([answer.event, answer.data.code]).toEqual(['error', 'UNAUTHENTICATED']);
    expect(await client.closed).toEqual({ code: 4401, reason: 'unauthenticated' });
  });

  it('allows one attempt: an invalid token is 4401', async () => {
    const client = await connect();
    const answer = await client.ask('authenticate', { token: `tmk_${'y'.repeat(43)}` });
    expect(answer.data.code).toBe('UNAUTHENTICATED');
    expect((await client.closed).code).toBe(4401);
  });

  it('cannot change', async () => {
    const client = await connect(user.key);
    const other = await app.user();
    expect((await client.ask('authenticate', { token: other.key })).data.code).toBe('FORBIDDEN');
    expect((await client.ask('authenticate', { token: user.key })).event).toBe('authenticated');
  });

  it('learns when the token expires', async () => {
    const [session] = await app.sql<{ id: string }>(
      `insert into public.sessions (user_id, refresh_hash, expires_at)
values ($1, sha256('x'), now() + interval '1 day')
returning id`,
      [user.id],
    );
    const client = await connect();
    const token = app.app.get(AccessTokens).sign(user.id, session!.id);
    const { data } = await client.ask('authenticate', { token });
    expect(Date.parse(data.expiresAt!)).toBeGreaterThan(Date.now());
  });
});

describe('a subscription', () => {
  it('receives a CloudEvent for every later change', async () => {
    const client = await connect(user.key);
    const subscribed = await client.ask('subscribe', { id: 'all' });
    const id = await newTask('seen');
    await rest.patch(`/tasks/${id}`, { status: 'in_progress' });
    const created = await client.eventOf(id, 'task.created');
    expect(created.data).toMatchObject({
      ids: ['all'],
      cursor: expect.stringMatching(/^[\w-]{22}$/),
      event: { specversion: '1.0', source: '/taskmaster', teamid: user.teamId, data: { title: 'seen' } },
    });
    expect(created.data.cursor).not.toBe(subscribed.data.cursor);
    await client.eventOf(id, 'task.status_changed');
    expect(client.events('all').map(({ type }) => type)).toEqual(['task.created', 'task.status_changed']);
  });

  it('receives only the requested types, task and project', async () => {
    await rest.post('/projects', { projectKey: 'live', name: 'Live', teamId: user.teamId });
    const client = await connect(user.key);
    const watched = await newTask('watched');
    await settle();
    const filters = {
      types: { types: ['task.deleted', 'comment.*'] },
      task: { taskId: watched },
      project: { projectKey: 'live' },
    };
    for (const [id, filter] of Object.entries(filters)) await client.ask('subscribe', { id, ...filter });
    const elsewhere = await newTask('elsewhere');
    const inside = await newTask('inside', { projectKey: 'live' });
    await rest.post(`/tasks/${watched}/comments`, { content: 'a word' });
    await rest.delete(`/tasks/${elsewhere}`);
    await client.eventOf(elsewhere, 'task.deleted');
    await settle();
    const seen = (name: string): string[] => client.events(name).map(({ type }) => type);
    expect(seen('types')).toEqual(['comment.created', 'task.deleted']);
    expect(seen('task')).toEqual(['comment.created']);
    expect(seen('project')).toEqual(['task.created']);
    expect(client.events('project')[0]!.subject).toContain(inside);
  });

  it('sends an event once and names all its subscriptions', async () => {
    const client = await connect(user.key);
    await client.ask('subscribe', { id: 'one' });
    await client.ask('subscribe', { id: 'two', types: ['task.*'] });
    const id = await newTask('for both');
    expect((await client.eventOf(id, 'task.created')).data.ids).toEqual(['one', 'two']);
    await client.ask('ping', {});
    expect(client.events()).toHaveLength(1);
  });

  it('starts with the events since a cursor, and reports live only afterwards', async () => {
    const client = await connect(user.key);
    const { data } = await client.ask('subscribe', { id: 'before' });
    const ids = [await newTask('one'), await newTask('two'), await newTask('three')];
    await client.eventOf(ids[2]!, 'task.created');
    await client.close();
    const again = await connect(user.key);
    again.send('subscribe', { id: 'again', since: data.cursor }, 'x');
    await again.until(({ event }) => event === 'subscribed');
    expect(again.answers.map(({ event }) => event)).toEqual(['event', 'event', 'event', 'subscribed']);
    expect(again.events().map(({ subject }) => subject)).toEqual(ids.map((id) => `tasks/${id}`));
    const cursor = again.answers[1]!.data.cursor!;
    const third = await connect(user.key);
    await third.ask('subscribe', { id: 'third', since: cursor });
    expect(third.events().map(({ subject }) => subject)).toEqual([`tasks/${ids[2]!}`]);
  });

  it('ends on request, and its name is free again', async () => {
    const client = await connect(user.key);
    await client.ask('subscribe', { id: 'a' });
    expect(await client.ask('unsubscribe', { id: 'a' })).toMatchObject({ event: 'unsubscribed', data: { id: 'a' } });
    await newTask('unheard');
    await settle();
    await client.ask('ping', {});
    expect(client.events()).toEqual([]);
    expect((await client.ask('subscribe', { id: 'a' })).event).toBe('subscribed');
  });

  it('has a cursor in every pong, even without events', async () => {
    const client = await connect(user.key);
    await client.ask('subscribe', { id: 'quiet', taskId: user.id });
    const id = await newTask('elsewhere');
    await settle();
    const { data } = await client.ask('ping', {});
    const again = await connect(user.key);
    await again.ask('subscribe', { id: 'all', since: data.cursor });
    expect(again.events().filter(({ subject }) => subject.endsWith(id))).toEqual([]);
  });
});

describe('an invalid message', () => {
  const TASK_TYPES = ['task', 'task.', '.created', 'TASK.created', 'task.created.x', 'task.*.x', ''];
  const cases: [string, unknown, string, string[]][] = [
    ['subscribe', {}, 'VALIDATION_FAILED', ['id']],
    ['subscribe', null, 'VALIDATION_FAILED', ['id']],
    ['subscribe', 'x', 'VALIDATION_FAILED', ['body']],
    ['subscribe', { id: '', taskId: 'x', wrong: 1 }, 'VALIDATION_FAILED', ['id', 'taskId', 'wrong']],
    ['subscribe', { id: 'x'.repeat(65) }, 'VALIDATION_FAILED', ['id']],
    ['subscribe', { id: 'x', since: 'forged' }, 'VALIDATION_FAILED', ['since']],
    ['subscribe', { id: 'x', types: Array.from({ length: 51 }, () => 'task.*') }, 'VALIDATION_FAILED', ['types']],
    ['subscribe', { id: 'x', types: 'task.*' }, 'VALIDATION_FAILED', ['types']],
    ['unsubscribe', { id: 'absent' }, 'NOT_FOUND', []],
    ['ping', { x: 1 }, 'VALIDATION_FAILED', ['x']],
    ['authenticate', { token: '' }, 'VALIDATION_FAILED', ['token']],
    ['publish', {}, 'VALIDATION_FAILED', ['event']],
    ['toString', {}, 'VALIDATION_FAILED', ['event']],
    ...TASK_TYPES.filter((type) => type !== 'task').map((type): [string, unknown, string, string[]] => [
      'subscribe',
      { id: 'x', types: [type] },
      'VALIDATION_FAILED',
      ['types'],
    ]),
  ];

  it.each(cases)('%s %j is answered %s, with all problems', async (event, data, code, paths) => {
    const client = await connect(user.key);
    const answer = await client.ask(event, data);
    expect([answer.event, answer.data.code]).toEqual(['error', code]);
    const named = (answer.data.errors ?? []).map(({ path }) => path.replace(/^query\./, ''));
    expect([...new Set(named)].sort()).toEqual(paths);
    // The message was refused, not the connection.
    expect((await client.ask('ping', {})).event).toBe('pong');
  });

  it.each([
    ['nothing', '', 'MALFORMED_BODY'],
    ['no JSON', '{', 'MALFORMED_BODY'],
    ['no object', '[1]', 'MALFORMED_BODY'],
    ['a key twice', '{"event":"ping","event":"ping"}', 'MALFORMED_BODY'],
    ['__proto__', '{"event":"ping","data":{"__proto__":{}}}', 'MALFORMED_BODY'],
    ['an event that is no text', '{"event":1}', 'VALIDATION_FAILED'],
    ['a field that nobody knows', '{"event":"ping","extra":1}', 'VALIDATION_FAILED'],
    ['an id that is an object', '{"event":"ping","id":{}}', 'VALIDATION_FAILED'],
  ])('%s is refused', async (_, text, code) => {
    const client = await connect(user.key);
    client.socket.send(text);
    expect((await client.until(({ event }) => event === 'error')).data.code).toBe(code);
    client.socket.send(Buffer.from(text), { binary: true });
    expect((await client.ask('ping', {})).event).toBe('pong');
  });

  it('a name in use is a conflict, and the subscription continues', async () => {
    const client = await connect(user.key);
    await client.ask('subscribe', { id: 'a' });
    expect((await client.ask('subscribe', { id: 'a', types: ['x.y'] })).data.code).toBe('ALREADY_EXISTS');
    const id = await newTask('still seen');
    await client.eventOf(id, 'task.created');
  });

  it('reveals nothing internal', async () => {
    const client = await connect(user.key);
    const { data } = await client.ask('subscribe', { id: 'x', since: 'forged' });
    expect(Object.keys(data).sort()).toEqual(
      [
        'code',
        'detail',
        'errors',
        'instance',
        'requestId',
        'status',
        'subscription',
        'success',
        'title',
        'type',
      ].sort(),
    );
  });
});

describe('the messages of the gateway', () => {
  const declared = kindsOf(LiveGateway).map(({ kind, handler }) => {
    const access = Reflect.getMetadata(ACCESS, handler) as Access | undefined;
    return [kind.event, access?.kind];
  });

  it('all declare who may send them', () => {
    expect(declared).toEqual([
      ['authenticate', 'public'],
      ['subscribe', 'signed-in'],
      ['unsubscribe', 'signed-in'],
      ['ping', 'signed-in'],
    ]);
  });

  it('have no handler without a kind', () => {
    const handlers = Object.getOwnPropertyNames(LiveGateway.prototype).filter((name) => name !== 'constructor');
    expect(handlers).toHaveLength(declared.length);
  });

  it('are refused without a declaration, for every user', () => {
    const context = {
      getHandler: () => () => 'nothing is declared on it',
      getClass: () => Object,
      getType: () => 'ws',
      switchToWs: () => ({ getClient: () => ({ session: { permissions: ['*'] } }) }),
    } as unknown as ExecutionContext;
    expect(() => new AccessGuard(new Reflector(), app.app.get(Authenticator)).canActivate(context)).toThrow(
      'Not allowed',
    );
  });
});
