import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import type { FormattedExecutionResult } from 'graphql';
import type { Client as Subscriber } from 'graphql-ws';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { EventStream } from '../../../src/platform/events/event-stream.js';
import { LiveClients } from '../../../src/platform/realtime/live-clients.js';
import { eventually } from '../../start/program.js';
import type { TestApp, TestUser } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import { Client } from '../../support/client.js';

/**
 * Subscriptions with the client that people use. Where no event may arrive, the test waits for a later one that must.
 * Seen to fail: without the audience check of the live feed the stranger received the first event; without `since` the
 * second connection timed out.
 */
interface Event {
  readonly type: string;
  readonly subject: string;
  readonly cursor: string;
  readonly data: { readonly title: string };
}

let app: TestApp;
let ada: TestUser;
let stranger: TestUser;
const open: Subscriber[] = [];

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.user('developer', 'ada');
  stranger = await app.user('developer', 'stranger');
});
afterAll(async () => {
  for (const client of open) await client.dispose();
  await app.close();
});

function connect(user?: TestUser): Subscriber {
  const client = createClient({
    url: `${app.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...(user ? { connectionParams: { apiKey: user.key } } : {}),
  });
  open.push(client);
  return client;
}

const EVENTS = 'subscription($since: String) { events(since: $since) { type subject cursor data } }';

function listen(
  user: TestUser,
  query: string,
  since: string,
): AsyncIterableIterator<FormattedExecutionResult<Record<string, Event>, unknown>> {
  return connect(user).iterate<Record<string, Event>>({ query, variables: { since } });
}

/** The cursor after everything that has happened so far. */
async function now(): Promise<string> {
  const stream = app.app.get(EventStream);
  await stream.settle();
  return stream.latest();
}

async function next(
  events: AsyncIterableIterator<FormattedExecutionResult<Record<string, Event>, unknown>>,
): Promise<Event> {
  const { value } = (await events.next()) as { value: FormattedExecutionResult<Record<string, Event>, unknown> };
  const [event] = Object.values(value.data ?? {});
  if (!event) throw new Error(JSON.stringify(value));
  return event;
}

async function create(user: TestUser, title: string): Promise<string> {
  return (await new Client(app.url, user).post<{ id: string }>('/tasks', { title })).body.data.id;
}

describe('a subscription', () => {
  it('receives events in the requested shape', async () => {
    const since = await now();
    const events = listen(ada, EVENTS, since);
    const id = await create(ada, 'seen');
    const event = await next(events);
    expect(event).toEqual({
      type: 'task.created',
      subject: `tasks/${id}`,
      cursor: expect.any(String),
      data: expect.objectContaining({ id, title: 'seen' }),
    });
  });

  it('resumes after a cursor without gaps or repetitions', async () => {
    const first = listen(ada, EVENTS, await now());
    await create(ada, 'one');
    const { cursor, data } = await next(first);
    expect(data.title).toBe('one');
    await create(ada, 'two');
    await create(ada, 'three');
    const second = listen(ada, EVENTS, cursor);
    expect([(await next(second)).data.title, (await next(second)).data.title]).toEqual(['two', 'three']);
    await create(ada, 'four');
    expect((await next(second)).data.title).toBe('four');
  });

  it('shows nothing of other teams', async () => {
    const events = listen(stranger, EVENTS, await now());
    await create(ada, 'not for strangers');
    await create(stranger, 'for strangers');
    expect((await next(events)).data.title).toBe('for strangers');
  });

  it('follows one task', async () => {
    const since = await now();
    const [id] = [await create(ada, 'followed'), await create(ada, 'another')];
    const query = `subscription($since: String) { taskChanged(taskId: "${id}", since: $since) { type subject cursor data } }`;
    const events = listen(ada, query, since);
    expect((await next(events)).type).toBe('task.created');
    await new Client(app.url, ada).patch(`/tasks/${id}`, { title: 'renamed' });
    expect(await next(events)).toMatchObject({ type: 'task.updated', subject: `tasks/${id}` });
  });
});

describe('a connection', () => {
  const refusal = async (user: TestUser | undefined, query: string): Promise<unknown> => {
    try {
      for await (const result of connect(user).iterate({ query })) return result;
      return null;
    } catch (error) {
      return error;
    }
  };

  it('requires a credential', async () => {
    expect(await refusal(undefined, EVENTS)).toMatchObject({ code: 4403 });
    expect(await refusal({ ...ada, key: `tmk_${'x'.repeat(43)}` }, EVENTS)).toMatchObject({ code: 4403 });
  });

  it('refuses invalid, excessive and forbidden subscriptions with the codes of REST', async () => {
    const codeOf = async (user: TestUser, query: string): Promise<unknown> => {
      const errors = (await refusal(user, query)) as { extensions: { code: string } }[];
      return errors[0]?.extensions.code;
    };
    expect(await codeOf(ada, '{ __typename }')).toBe('VALIDATION_FAILED');
    expect(await codeOf(ada, 'subscription { events { colour } }')).toBe('VALIDATION_FAILED');
    expect(await codeOf(ada, 'subscription { events(since: "nonsense") { id } }')).toBe('VALIDATION_FAILED');
    expect(await codeOf(ada, `subscription { events { ${'id '.repeat(11)} } }`)).toBe('QUERY_TOO_COMPLEX');
    const nothing = await app.user('developer', 'nothing', []);
    expect(await codeOf(nothing, 'subscription { events { id } }')).toBe('FORBIDDEN');
    expect(await codeOf(nothing, 'subscription { taskChanged { id } }')).toBe('FORBIDDEN');
  });

  const url = (): string => `${app.url.replace('http', 'ws')}/graphql`;

  /** A connection without the client library, which cannot send what is refused here. */
  async function raw(headers: Record<string, string> = { 'x-api-key': ada.key }): Promise<WebSocket> {
    const socket = new WebSocket(url(), 'graphql-transport-ws', { headers });
    await once(socket, 'open');
    return socket;
  }
  const INIT = { type: 'connection_init' };
  const SUBSCRIBE = { type: 'subscribe', id: 'one', payload: { query: 'subscription { events { id } }' } };

  it.each<[number, string, readonly object[]]>([
    [4400, 'a message of an unknown type', [{ type: 'nonsense' }]],
    [4401, 'a subscription before the acknowledgement', [SUBSCRIBE]],
    [4409, 'a second subscription under a name that is taken', [INIT, SUBSCRIBE, SUBSCRIBE]],
    [4429, 'a second initialisation', [INIT, INIT]],
    [4029, 'more messages than are accepted', [INIT, ...Array.from({ length: 100 }, () => ({ type: 'ping' }))]],
  ])('is closed with %i after %s', async (code, _, messages) => {
    const socket = await raw();
    const closed = once(socket, 'close') as Promise<[number]>;
    const acknowledged = messages[0] === INIT ? once(socket, 'message') : null;
    socket.send(JSON.stringify(messages[0]));
    await acknowledged;
    for (const message of messages.slice(1)) socket.send(JSON.stringify(message));
    expect((await closed)[0]).toBe(code);
  });

  it('accepts a persisted document by its hash', async () => {
    const query = 'subscription { taskChanged { type } }';
    const extensions = { persistedQuery: { version: 1, sha256Hash: hash('sha256', query) } };
    const socket = await raw();
    const answers: { type: string; payload?: unknown }[] = [];
    socket.on('message', (data: Buffer) => answers.push(JSON.parse(data.toString()) as (typeof answers)[number]));
    const subscribe = (id: string, payload: object): void =>
      socket.send(JSON.stringify({ type: 'subscribe', id, payload }));
    socket.send(JSON.stringify(INIT));
    await eventually(() => answers.length === 1);
    subscribe('unknown', { extensions });
    await eventually(() => answers.length === 2);
    expect(answers[1]).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
    });
    subscribe('registers', { query, extensions });
    subscribe('by hash', { extensions });
    const client = [...app.app.get(LiveClients)].at(-1);
    await eventually(() => ['registers', 'by hash'].every((id) => client?.subscriptions.get(id)?.isLive === true));
    await create(ada, 'persisted');
    await eventually(() => answers.length === 4);
    expect(answers.slice(2)).toEqual(
      ['registers', 'by hash'].map((id) => ({
        type: 'next',
        id,
        payload: { data: { taskChanged: { type: 'task.created' } } },
      })),
    );
    socket.close();
  });

  it('refuses an id that is too long with an error', async () => {
    const socket = await raw();
    const acknowledged = once(socket, 'message');
    socket.send(JSON.stringify(INIT));
    await acknowledged;
    const answered = once(socket, 'message') as Promise<[Buffer]>;
    socket.send(JSON.stringify({ ...SUBSCRIBE, id: 'x'.repeat(65) }));
    const answer = JSON.parse((await answered)[0].toString()) as object;
    expect(answer).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'VALIDATION_FAILED' } }] });
    socket.close();
  });

  it('frees the id of a completed subscription at once, even without events', async () => {
    const socket = await raw();
    const acknowledged = once(socket, 'message');
    socket.send(JSON.stringify(INIT));
    await acknowledged;
    const [client] = [...app.app.get(LiveClients)].slice(-1);
    socket.send(JSON.stringify(SUBSCRIBE));
    await eventually(() => client?.subscriptions.has('one') === true);
    socket.send(JSON.stringify({ type: 'complete', id: 'one' }));
    await eventually(() => client?.subscriptions.size === 0);
    socket.close();
  });

  it('speaks graphql-transport-ws and nothing else', async () => {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, { headers: { 'x-api-key': ada.key } });
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(4406);
  });
});
