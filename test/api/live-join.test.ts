import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { EventStream } from '../../src/platform/events/event-stream.js';
import type { EventPage } from '../../src/platform/events/event.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { LiveTestClient } from '../support/live-client.js';
import { eventually } from '../start/program.js';

/**
 * The race between catching up and following the live stream, one interleaving at a time: events arrive while the
 * service reads a page, before or after PostgreSQL answers. Load tests hit these windows too rarely.
 * Seen to fail: with events not held, with a page treated as complete before `reached` says so, and without joinedAt in
 * Subscription.awaits.
 */
type Moment = (read: () => Promise<EventPage>) => Promise<EventPage>;

/** More than a joining subscription may hold, and more than a page. */
const MANY = 600;

let app: TestApp;
let stream: EventStream;
let ada: TestUser;
let client: LiveTestClient;

beforeAll(async () => {
  app = await startTestApp();
  stream = app.app.get(EventStream);
  ada = await app.user();
});

afterEach(async () => {
  jest.restoreAllMocks();
  await client.close();
});

afterAll(() => app.close());

/** Interferes with the next page reads, in this order; later reads are unchanged. */
function during(...moments: Moment[]): void {
  jest.spyOn(stream, 'page').mockImplementation((...asked) => {
    const read = (): Promise<EventPage> => EventStream.prototype.page.apply(stream, asked);
    return moments.shift()?.(read) ?? read();
  });
}

async function write(count = 1): Promise<string[]> {
  const rows = await app.sql<{ id: string }>(
    `insert into public.tasks (team_id, title) select $1, 'joined' from generate_series(1, $2) returning id`,
    [ada.teamId, count],
  );
  return rows.map(({ id }) => `tasks/${id}`);
}

/** The same, once published and delivered by this instance. */
async function hear(count = 1): Promise<string[]> {
  const subjects = await write(count);
  await stream.settle();
  return subjects;
}

const received = (): string[] =>
  client.answers.map(({ event, data }) => (event === 'event' ? (data.event?.subject ?? '') : event));

/** Joins after the cursor and runs until a current event has arrived. */
async function join(since: string): Promise<string[]> {
  client = await LiveTestClient.open(app.url, ada.key);
  await client.ask('subscribe', { id: 'all', types: ['task.created'], since });
  const [last = ''] = await hear();
  await client.eventOf(last, 'task.created');
  expect(received().at(-1)).toBe(last);
  return received().slice(0, -1);
}

describe('a join', () => {
  it('keeps events that arrive during the last page and are not in it', async () => {
    const since = await stream.latest();
    const past = await hear(2);
    const meanwhile: string[] = [];
    during(async (read) => {
      const page = await read();
      meanwhile.push(...(await hear()));
      return page;
    });
    expect(await join(since)).toEqual([...past, 'subscribed', ...meanwhile]);
  });

  it('does not repeat events that arrive during the page and are in it', async () => {
    const since = await stream.latest();
    const [within, after]: string[][] = [[], []];
    during(async (read) => {
      within!.push(...(await hear(2)));
      const page = await read();
      after!.push(...(await hear()));
      return page;
    });
    expect(await join(since)).toEqual([...within!, 'subscribed', ...after!]);
  });

  it('does not repeat events that this instance receives after they were in the page', async () => {
    const since = await stream.latest();
    const past: string[] = [];
    during(async (read) => {
      // Published by another instance while this one has lost its connection to the stream.
      await app.sql(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name = 'taskmaster tm_events'`,
      );
      past.push(...(await write(3)));
      await app.sql(
        `select from (select set_config('app.system_reason', 'test', true)) s, lateral app.relay_events(1000)`,
      );
      const page = await read();
      await eventually(() =>
        stream.settle().then(
          () => true,
          () => false,
        ),
      );
      return page;
    });
    expect(await join(since)).toEqual([...past, 'subscribed']);
  });

  it('reads further pages, and drops held events that a later page contains', async () => {
    const since = await stream.latest();
    const past = await hear(300);
    const read_: number[] = [];
    during(
      async (read) => {
        past.push(...(await hear(2)));
        const page = await read();
        read_.push(page.events.length);
        return page;
      },
      async (read) => {
        const page = await read();
        read_.push(page.events.length);
        return page;
      },
    );
    expect(await join(since)).toEqual([...past, 'subscribed']);
    expect(read_).toEqual([200, 102]);
  });

  it('reads again from a replica that lags behind this instance', async () => {
    const since = await stream.latest();
    const past = await hear();
    let behind: EventPage | null = null;
    during(async (read) => (behind = await read()));
    await join(since);
    await client.close();

    past.push(...(await hear(2)));
    // The earlier page, as a lagging replica would return it.
    during(() => Promise.resolve(behind!));
    const answered = await join(since);
    const before = answered.filter((subject) => past.includes(subject));
    expect(before).toEqual(past);
    expect(answered.at(-1)).toBe('subscribed');
  });

  it('reads another page when too many events are held', async () => {
    const since = await stream.latest();
    const past = await hear();
    during(async (read) => {
      const page = await read();
      past.push(...(await hear(MANY)));
      return page;
    });
    expect(await join(since)).toEqual([...past, 'subscribed']);
  });
});
