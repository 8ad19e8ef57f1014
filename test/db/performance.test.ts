import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Database } from '../../src/platform/database/database.js';
import { PeriodicJobs } from '../../src/platform/jobs/periodic-jobs.js';
import { rollUp, dropOldMeasurements } from '../../src/modules/performance/performance.queries.js';
import type { TestApp } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { createFixture } from './database-fixture.js';
import type { Fixture } from './database-fixture.js';

interface Sample {
  readonly name: string;
  readonly instance: string;
  readonly route: string;
  readonly value: number;
  /** Minutes before now. */
  readonly age: number;
}

const DAY = 1_440;

/** Three ranges: raw, hourly and daily; their ends fall on and beside the boundaries. */
const sample: fc.Arbitrary<Sample> = fc.record({
  name: fc.constantFrom('memory', 'requests'),
  instance: fc.constantFrom('a:1', 'b:2'),
  route: fc.constantFrom('', '/tasks'),
  value: fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }),
    fc.constantFrom(0, 0.1, 0.2, 1e-9, 123_456_789.123_456_7),
  ),
  age: fc.oneof(
    fc.integer({ min: 0, max: 9 * DAY }),
    fc.integer({ min: 6 * DAY, max: 8 * DAY }),
    fc.integer({ min: 88 * DAY, max: 93 * DAY }),
    fc.integer({ min: 90 * DAY, max: 200 * DAY }),
  ),
});

/** Their mean is smaller than any double. */
const TOO_SMALL: Sample[] = [7.4e-323, -7e-323].map((value) => ({
  ...{ name: 'memory', instance: 'a:1', route: '/tasks', value },
  age: 144 * DAY,
}));

/** The expected rows, computed from the samples: one for each series and period. */
const RECOMPUTED = `
  with placed as (
    select s.*,
      case
        when recorded_at < date_trunc('day', now() - interval '90 days', 'UTC') then 'day'
        when recorded_at < date_trunc('hour', now() - interval '7 days', 'UTC') then 'hour'
        else 'raw'
      end as resolution
    from samples s
  )
  select metric_name, instance, labels, resolution, period as recorded_at, count(*)::int as samples,
    case when abs(sum(metric_value::text::numeric)) < 1e-290 then 0
      else (sum(metric_value::text::numeric) / count(*))::double precision end as mean,
    min(metric_value) as least, max(metric_value) as most, sum(metric_value::text::numeric)::text as total
  from placed
  cross join lateral (
    select case resolution when 'raw' then recorded_at else date_trunc(resolution, recorded_at, 'UTC') end
  ) p (period)
  group by 1, 2, 3, 4, 5`;

const STORED = `
  select metric_name, instance, labels, resolution, recorded_at, samples, metric_value as mean,
    coalesce(metric_min, metric_value) as least, coalesce(metric_max, metric_value) as most,
    coalesce(metric_sum, metric_value::text::numeric)::text as total
  from public.performance_metrics
  where metric_name in ('memory', 'requests')`;

describe('performance metrics', () => {
  let fixture: Fixture;
  let database: Database;

  beforeAll(async () => {
    fixture = await createFixture();
    database = await fixture.open();
  });

  afterAll(() => fixture.close());

  async function store(samples: readonly Sample[]): Promise<void> {
    await fixture.admin.query(
      `with s as (
         select * from jsonb_to_recordset($1) as s (name text, instance text, route text, value double precision, age integer)
       ), kept as (
         insert into public.performance_metrics (metric_name, instance, labels, metric_value, recorded_at)
         select name, instance, case route when '' then '{}'::jsonb else jsonb_build_object('route', route) end, value,
           date_trunc('minute', now()) - make_interval(mins => age)
         from s
         returning metric_name, instance, labels, metric_value, recorded_at
       )
       insert into samples select * from kept`,
      [JSON.stringify(samples)],
    );
  }

  const sumUp = (): Promise<void> =>
    database.system('test', async (tx) => {
      await tx.run(rollUp({ from: 'raw', to: 'hour', afterDays: 7 }));
      await tx.run(rollUp({ from: 'hour', to: 'day', afterDays: 90 }));
    });

  const thisHour = async (): Promise<string | undefined> =>
    (await fixture.admin.query<{ hour: string }>(`select date_trunc('hour', now())::text as hour`)).rows[0]?.hour;

  const order = 'order by 1, 2, 3, 4, 5, 6, 7, 8';

  /*
   * Seen to fail on random samples: with the mean of means instead of the sum by samples, with a direct cast of double
   * to numeric (15 digits), with periods in local time, and with a roll-up boundary inside a period.
   */
  it('aggregated by hour and day equal a plain recomputation from the samples', async () => {
    await fixture.admin.query(
      'create table samples (metric_name text, instance text, labels jsonb, metric_value double precision, recorded_at timestamptz)',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(sample, { minLength: 1, maxLength: 300, size: 'max' }), async (samples) => {
        await fixture.admin.query('delete from public.performance_metrics; delete from samples');
        const hour = await thisHour();
        await store(samples);
        for (let times = 0; times < 2; times++) {
          await sumUp();
          const stored = await fixture.admin.query(`${STORED} and resolution <> 'raw' ${order}`);
          const wanted = await fixture.admin.query(
            `select * from (${RECOMPUTED}) w where resolution <> 'raw' ${order}`,
          );
          // The boundaries have moved since.
          fc.pre((await thisHour()) === hour);
          expect(stored.rows).toEqual(wanted.rows);
          const { rows } = await fixture.admin.query<{ kept: number; wanted: number }>(
            `select (select count(*)::int from public.performance_metrics where resolution = 'raw') as kept,
               (select count(*)::int from samples where recorded_at >= date_trunc('hour', now() - interval '7 days', 'UTC')) as wanted`,
          );
          expect(rows[0]?.kept).toBe(rows[0]?.wanted);
        }
      }),
      { numRuns: 40, examples: [[TOO_SMALL]] },
    );
  });

  // Aggregating by hour and later by day gives the same result as aggregating once.
  it('do not depend on when they were aggregated', async () => {
    await fixture.admin.query('delete from public.performance_metrics; delete from samples');
    const samples = fc.sample(sample, { numRuns: 400, seed: 7 });
    for (let at = 0; at < samples.length; at += 100) {
      await store(samples.slice(at, at + 100));
      await database.system('test', async (tx) => {
        await tx.run(rollUp({ from: 'raw', to: 'hour', afterDays: 7 }));
      });
    }
    await sumUp();
    const { rows } = await fixture.admin.query<{ samples: number; total: string; wanted: number; sum: string }>(
      `select sum(samples)::int as samples, sum(coalesce(metric_sum, metric_value::text::numeric))::text as total,
         (select count(*)::int from samples) as wanted, (select sum(metric_value::text::numeric)::text from samples) as sum
       from public.performance_metrics`,
    );
    expect(rows[0]?.samples).toBe(rows[0]?.wanted);
    expect(Number(rows[0]?.total)).toBe(Number(rows[0]?.sum));
  });

  it('are dropped past their retention', async () => {
    await fixture.admin.query('delete from public.performance_metrics');
    await store([
      { name: 'memory', instance: 'a:1', route: '', value: 1, age: 366 * DAY },
      { name: 'memory', instance: 'a:1', route: '', value: 2, age: 364 * DAY },
    ]);
    await database.system('test', (tx) => tx.run(dropOldMeasurements(365)));
    const { rows } = await fixture.admin.query('select metric_value from public.performance_metrics');
    expect(rows).toEqual([{ metric_value: 2 }]);
  });
});

describe('the running service', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });

  afterAll(() => app.close());

  // Seen to fail: with totals instead of the increase since the last run, the second count was 5.
  it('records its own measurements since the last run', async () => {
    const jobs = app.app.get(PeriodicJobs);
    const client = new Client(app.url, await app.user());
    const recorded = async (requests: number): Promise<Record<string, number>> => {
      await app.sql('delete from public.performance_metrics');
      for (let n = 0; n < requests; n++) await client.get('/tasks');
      expect(await jobs.runNow('measure-performance')).toBe(true);
      const rows = await app.sql<{
        metric_name: string;
        labels: Record<string, string>;
        metric_value: number;
        instance: string;
      }>('select * from public.performance_metrics');
      expect(new Set(rows.map(({ instance }) => instance)).size).toBe(1);
      return Object.fromEntries(
        rows.map(({ metric_name, labels, metric_value }) => [
          [metric_name, labels['route'] ?? labels['pool'] ?? labels['type']].filter(Boolean).join(' '),
          metric_value,
        ]),
      );
    };
    // The run at the start of the service may still be active.
    while (!(await jobs.runNow('measure-performance')));
    const first = await recorded(3);
    const second = await recorded(2);
    expect(first['http_requests /api/v1/tasks']).toBe(3);
    expect(second['http_requests /api/v1/tasks']).toBe(2);
    expect(second['http_request_duration_p95 /api/v1/tasks']).toBeGreaterThan(0);
    expect(second['db_queries read']).toBeGreaterThan(0);
    expect(second['memory rss']).toBeGreaterThan(10_000_000);
    for (const name of [
      'db_pool_idle read',
      'db_pool_waiting write',
      'event_loop_delay_p99',
      'event_loop_utilization',
      'cpu_time',
    ]) {
      expect(Object.keys(second)).toContain(name);
    }
    while (!(await jobs.runNow('roll-up-performance')));
    while (!(await jobs.runNow('audit-partitions')));
  });
});
