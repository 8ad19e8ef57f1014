import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { discardingNodes } from '../../bench/plan-waste.mjs';
import { createApplication } from '../../src/application.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { EventStream } from '../../src/platform/events/event-stream.js';
import type { EventFilter, PublishedEvent } from '../../src/platform/events/event.js';
import { eventPage } from '../../src/platform/events/event.queries.js';
import { PeriodicJobs } from '../../src/platform/jobs/periodic-jobs.js';
import type { TestApp, TestUser } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { eventually } from '../start/program.js';
import type { Reply } from '../support/client.js';
import { Client } from '../support/client.js';

let app: TestApp;
let stream: EventStream;
let ada: TestUser;
let heard: PublishedEvent[] = [];

beforeAll(async () => {
  app = await startTestApp();
  stream = app.app.get(EventStream);
  ada = await app.user();
  stream.onBatch((batch) => heard.push(...batch));
});

afterAll(() => app.close());

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: app.database.url });
  await client.connect();
  return client;
}

const INSERT = `insert into public.tasks (team_id, title) values ($1, 'task') returning id`;

async function newTask(client?: pg.Client): Promise<string> {
  const rows = client
    ? (await client.query<{ id: string }>(INSERT, [ada.teamId])).rows
    : await app.sql<{ id: string }>(INSERT, [ada.teamId]);
  return rows[0]?.id ?? '';
}

const heardOf = (id: string): string[] => heard.filter((event) => event.recordId === id).map(({ type }) => type);
const relay = (): Promise<{ head: string; more: boolean; type: string | null }[]> =>
  app.sql(`select r.* from (select set_config('app.system_reason', 'test', true)) s, lateral app.relay_events(1000) r`);

/** A relay that stops at pg_snapshot_xmin would never publish the other transactions here. */
describe('a long transaction', () => {
  it('delays only its own events', async () => {
    const slow = await connect();
    await slow.query('begin');
    const late = await newTask(slow);
    const others = [await newTask(), await newTask(), await newTask()];
    await stream.settle();
    expect(others.map(heardOf)).toEqual([['task.created'], ['task.created'], ['task.created']]);
    expect(heardOf(late)).toEqual([]);
    // Other transactions are published while it is open, also by later runs.
    const next = await newTask();
    await stream.settle();
    expect(heardOf(next)).toEqual(['task.created']);
    await slow.query('commit');
    await slow.end();
    await stream.settle();
    expect(heardOf(late)).toEqual(['task.created']);
  });

  it('publishes nothing when rolled back', async () => {
    const slow = await connect();
    await slow.query('begin');
    const never = await newTask(slow);
    await stream.settle();
    await slow.query('rollback');
    await slow.end();
    await newTask();
    await stream.settle();
    expect(heardOf(never)).toEqual([]);
  });

  it("keeps the order of a record's changes when transactions began in the opposite order", async () => {
    const id = await newTask();
    const [first, second] = [await connect(), await connect()];
    await first.query('begin');
    await first.query('select pg_current_xact_id()');
    await second.query('begin');
    await second.query('select pg_current_xact_id()');
    await second.query(`update public.tasks set title = 'earlier' where id = $1`, [id]);
    const waiting = first.query(`update public.tasks set title = 'later' where id = $1`, [id]);
    await second.query('commit');
    await waiting;
    await stream.settle();
    await first.query('commit');
    await Promise.all([first.end(), second.end()]);
    await stream.settle();
    const titles = heard
      .filter((event) => event.recordId === id)
      .map((event) => (JSON.parse(event.json) as { data: { title: string } }).data.title);
    expect(titles).toEqual(['task', 'earlier', 'later']);
  });
});

describe('the relay', () => {
  it('publishes a large transaction in parts, without a gap', async () => {
    heard = [];
    const from = stream.position;
    const rows = await app.sql<{ id: string }>(
      `insert into public.tasks (team_id, title) select $1, 'one of many' from generate_series(1, 2500) returning id`,
      [ada.teamId],
    );
    await stream.settle();
    expect(heard.map((event) => event.recordId)).toEqual(rows.map(({ id }) => id));
    expect(heard.map((event) => event.position)).toEqual(rows.map((_, index) => from + BigInt(index + 1)));
  });

  it('writes nothing and scans nothing when nothing has happened', async () => {
    await stream.settle();
    await relay();
    const state = (): Promise<unknown[]> =>
      app.sql(
        `select r.xmin::text, r.ctid::text, (select sum(s.seq_tup_read) from pg_stat_user_tables s where s.relname like 'audit_logs%')
         from public.event_relay r`,
      );
    const plan = await app.sql<{ 'QUERY PLAN': string }>(
      `explain (costs off) select from public.audit_logs a where a.xid >= '1'::xid8 and a.xid < '2'::xid8`,
    );
    expect(JSON.stringify(plan)).toContain('audit_logs_2');
    // Upkeep writes now and then, so the test waits for an interval without a write.
    const written = (): Promise<unknown[]> => app.sql('select pg_snapshot_xmax(pg_current_snapshot())::text');
    const quiet = await eventually(async () => {
      await relay();
      const [began, before] = [await written(), await state()];
      for (let run = 0; run < 20; run++) await relay();
      const [after, ended] = [await state(), await written()];
      if (JSON.stringify(began) !== JSON.stringify(ended)) return false;
      expect(after).toEqual(before);
      return true;
    });
    expect(quiet).toBe(true);
  });

  it('starts over after a dump was restored into another cluster', async () => {
    const kept = await newTask();
    await stream.settle();
    const events = (): Promise<unknown[]> => app.sql('select position, event_id from public.events order by position');
    const before = await events();
    // As in a restored dump: transaction numbers that do not exist here yet, some of which will.
    await app.sql(
      `update public.audit_logs
       set xid = ((pg_current_xact_id()::text::bigint + 1 + seq % 50)::text)::xid8
       where seq is not null`,
    );
    await app.sql('update public.event_relay set system_identifier = 1');
    await relay();
    for (let n = 0; n < 60; n++) await app.sql('select pg_current_xact_id()');
    await stream.settle();
    expect(await events()).toEqual(before);
    const fresh = await newTask();
    await stream.settle();
    expect([heardOf(kept), heardOf(fresh)]).toEqual([['task.created'], ['task.created']]);
    expect(await events()).toHaveLength(before.length + 1);
  });
});

describe('a page', () => {
  /** The generic plan, which PostgreSQL uses from the sixth execution on. */
  async function discarded(filter: EventFilter | undefined): Promise<unknown[]> {
    const { text, values } = eventPage(false, stream.position, 200, filter);
    const literals = values.map((value) =>
      value === null ? 'null' : `'${Array.isArray(value) ? '{}' : String(value)}'`,
    );
    const client = await connect();
    try {
      await client.query('begin; set local plan_cache_mode = force_generic_plan');
      await client.query(`select set_config('role', app.open_session($1, $2, null, '{}', 'tm_app_ro'), true)`, [
        ada.id,
        ada.keyId,
      ]);
      await client.query(`prepare page as ${text}`);
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: unknown }] }>(
        `explain (analyze, format json) execute page(${literals.join(', ')})`,
      );
      return discardingNodes(rows[0]!['QUERY PLAN'][0].Plan);
    } finally {
      await client.end();
    }
  }

  // Seen to fail: with the cursor inside a COALESCE, the plan read every event of the team and discarded it.
  it.each([
    ['of everything', undefined],
    ['of some types', { types: ['task.created'] }],
  ])('%s reads from its cursor and nothing before it', async (_, filter) => {
    await app.sql(`insert into public.tasks (team_id, title) select $1, 'before' from generate_series(1, 500)`, [
      ada.teamId,
    ]);
    await stream.settle();
    await app.sql('analyze public.events');
    expect(await discarded(filter)).toEqual([]);
  });
});

describe('an instance that cannot read the position of the stream at its start', () => {
  // Seen to fail: with a single attempt it never took over, and did not deliver what others published.
  it('tries again, and delivers everything from then on', async () => {
    await app.sql('alter function app.event_bounds() rename to event_bounds_away');
    const other = await createApplication(
      loadConfig({
        DATABASE_URL: app.database.serviceUrl,
        JWT_SECRET: 'a secret for tests that is long enough',
        METRICS_PORT: '0',
        LOG_LEVEL: 'silent',
      }),
    );
    try {
      await other.init();
      const follower = other.get(EventStream);
      const received: string[] = [];
      follower.onBatch((batch) => received.push(...batch.map(({ recordId }) => recordId)));
      expect(follower.isFollowing).toBe(false);
      await app.sql('alter function app.event_bounds_away() rename to event_bounds');
      await eventually(() => follower.isFollowing);
      const id = await newTask();
      await stream.settle();
      await eventually(() => received.includes(id));
    } finally {
      await other.close();
    }
  });
});

describe('task.due_soon', () => {
  it('is published once for a due date', async () => {
    const jobs = app.app.get(PeriodicJobs);
    const notice = async (): Promise<void> => {
      while (!(await jobs.runNow('tasks-due-soon')));
      await stream.settle();
    };
    const id = await newTask();
    const [far, done] = [await newTask(), await newTask()];
    await app.sql(`update public.tasks set due_date = now() + interval '3 hours' where id = any($1)`, [[id, done]]);
    await app.sql(`update public.tasks set status = 'completed' where id = $1`, [done]);
    await app.sql(`update public.tasks set due_date = now() + interval '3 days' where id = $1`, [far]);
    await notice();
    await notice();
    const dueSoon = (): string[] => heard.filter(({ type }) => type === 'task.due_soon').map((event) => event.recordId);
    expect(dueSoon()).toEqual([id]);
    await app.sql(`update public.tasks set due_date = now() + interval '4 hours' where id = $1`, [id]);
    await notice();
    expect(dueSoon()).toEqual([id, id]);
  });
});

describe('a cursor', () => {
  const changes = (since: string): Promise<Reply<{ data: { id: string } }[]>> =>
    new Client(app.url, ada).get(`/changes?since=${encodeURIComponent(since)}`);

  it('is refused when it is forged or mistyped', async () => {
    const cursor = await stream.latest();
    const mistyped = `${cursor[0] === 'A' ? 'B' : 'A'}${cursor.slice(1)}`;
    for (const wrong of [mistyped, 'AAAAAAAAAAAAAAAAAAAAAA', '5', cursor.slice(1), `${cursor}A`, '%00']) {
      const { status, body } = await changes(wrong);
      expect([wrong, status, body.errors?.[0]?.path]).toEqual([wrong, 400, 'query.since']);
    }
  });

  it('reveals nothing about the number of events', async () => {
    const before = await stream.latest();
    await newTask();
    await stream.settle();
    const after = await stream.latest();
    const same = Array.from(before).filter((letter, index) => after.charAt(index) === letter).length;
    expect(same).toBeLessThan(10);
  });

  it('can be a time', async () => {
    await stream.settle();
    const [moment] = await app.sql<{ now: string }>(`select to_json(clock_timestamp()) #>> '{}' as now`);
    const id = await newTask();
    await stream.settle();
    const { body } = await changes(moment?.now ?? '');
    expect(body.data.map(({ data }) => data.id)).toEqual([id]);
  });

  it('expires when its events are gone or the database was restored to an earlier state', async () => {
    await stream.settle();
    const [oldest] = await app.sql<{ position: string }>('select min(position) as position from public.events');
    const first = (await new Client(app.url, ada).get<{ cursor: string }[]>('/changes?limit=1')).body.data[0]?.cursor;
    expect((await changes(first ?? '')).status).toBe(200);
    await app.sql(`update public.events set published_at = now() - interval '8 days' where position < $1`, [
      Number(oldest?.position) + 10,
    ]);
    while (!(await app.app.get(PeriodicJobs).runNow('event-retention')));
    const { status, body } = await changes(first ?? '');
    expect([status, body.code]).toEqual([410, 'CURSOR_EXPIRED']);
    expect((await changes('2020-01-01')).status).toBe(410);
    expect((await changes('')).status).toBe(200);
    const latest = await stream.latest();
    await app.sql('delete from public.events where position > (select position - 5 from public.event_relay)');
    await app.sql('update public.event_relay set position = position - 5');
    expect((await changes(latest)).status).toBe(410);
  });
});
