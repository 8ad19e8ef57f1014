import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/platform/config/config.js';
import { eventually } from '../start/program.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { Receiver } from '../support/json-receiver.js';

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

interface SentEvent {
  readonly transaction: string;
  readonly environment: string;
  readonly release: string;
  readonly tags: Record<string, string>;
  readonly exception: {
    readonly values: readonly {
      type: string;
      value: string;
      stacktrace?: { frames: readonly { filename: string }[] };
    }[];
  };
}

let sentry: Receiver;
let app: TestApp;
let user: TestUser;

/** An envelope is a line each for its headers, the headers of the event and the event. */
const events = (): readonly SentEvent[] =>
  sentry.received
    .map(({ body }) => body.split('\n'))
    .filter(([, header = '']) => (JSON.parse(header) as { type: string }).type === 'event')
    .map(([, , event = '']) => JSON.parse(event) as SentEvent);

beforeAll(async () => {
  sentry = await Receiver.start();
  app = await startTestApp({
    SENTRY_DSN: `http://key@127.0.0.1:${sentry.port}/7`,
    SENTRY_ENVIRONMENT: 'tests',
    GRAPHQL_INTROSPECTION: 'true',
  });
  user = await app.user();
});

afterEach(() => void sentry.received.splice(0));

afterAll(async () => {
  await app.close();
  await sentry.stop();
});

/** While a column is missing, a statement fails in a way that no fault is made for. */
async function broken<T>(work: () => Promise<T>): Promise<T> {
  await app.sql('alter table public.tags rename column color to colour');
  try {
    return await work();
  } finally {
    await app.sql('alter table public.tags rename column colour to color');
  }
}

describe('an unexpected failure', () => {
  // Seen to fail: with the message of PostgreSQL in the report.
  it('is reported once, with its route and request id and without anything that a client wrote', async () => {
    const client = new Client(app.url, user, {
      cookie: 'session=canary-cookie',
      'user-agent': 'canary-agent',
      traceparent: TRACEPARENT,
    });
    const body = { name: 'canary-body', teamId: user.teamId };
    const replies = await broken(async () => [
      await client.post('/tags?dryRun=true', body),
      await client.post('/tags', body),
    ]);
    expect(replies.map(({ status }) => status)).toEqual([500, 500]);
    await eventually(() => events().length > 0);
    const [event] = events();
    expect(event).toMatchObject({
      transaction: 'POST /api/v1/tags',
      environment: 'tests',
      release: 'taskmaster@1.0.0',
      tags: { request_id: replies[0]?.body.requestId, trace_id: TRACEPARENT.split('-')[1] },
    });
    const [exception] = event!.exception.values;
    expect(exception?.value).toBe('PostgreSQL answered with SQLSTATE 42703');
    expect(exception?.stacktrace?.frames.length).toBeGreaterThan(0);
    expect(Object.keys(event!)).not.toEqual(expect.arrayContaining(['request', 'user', 'breadcrumbs', 'server_name']));
    for (const secret of ['canary', user.key, '127.0.0.1:', 'insert into']) {
      expect([secret, JSON.stringify(events()).includes(secret)]).toEqual([secret, false]);
    }
    expect(sentry.received[0]?.path).toMatch(/^\/api\/7\/envelope\//);
  });

  it('is reported from GraphQL, too', async () => {
    const reply = await broken(() =>
      fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { 'x-api-key': user.key, 'content-type': 'application/json' },
        body: JSON.stringify({ query: '{ tags(first: 1) { nodes { id color } } }' }),
      }),
    );
    expect(await reply.text()).toContain('INTERNAL');
    await eventually(() => events().some(({ transaction }) => transaction === 'POST /graphql'));
  });

  it('is the only thing that is reported', async () => {
    const client = new Client(app.url, user);
    await client.get('/tasks/01890000-0000-7000-8000-000000000000');
    await client.post('/tasks', {});
    await client.get('/nowhere');
    await new Client(app.url).get('/tasks');
    await broken(() => client.get('/tags'));
    await eventually(() => events().length > 0);
    expect(events().map(({ transaction }) => transaction)).toEqual(['GET /api/v1/tags']);
  });
});

describe('a shutdown', () => {
  it('waits for Sentry within a bound', async () => {
    const stalled = await Receiver.start();
    stalled.isStalled = true;
    const other = await startTestApp({ SENTRY_DSN: `http://key@127.0.0.1:${stalled.port}/1` });
    const client = new Client(other.url, await other.user());
    await other.sql('alter table public.tags rename column color to colour');
    expect((await client.get('/tags')).status).toBe(500);
    await eventually(() => stalled.received.length > 0);
    await other.close();
    await stalled.stop();
  });
});

describe('SENTRY_DSN', () => {
  it.each([
    'sentry.example.com',
    'https://sentry.example.com/1',
    'https://a-key@sentry.example.com/1',
    'https://key@sentry.example.com/project',
  ])('is refused when it is none: %s', (dsn) =>
    expect(() => loadConfig({ SENTRY_DSN: dsn })).toThrow('SENTRY_DSN must be a DSN of Sentry'),
  );
});
