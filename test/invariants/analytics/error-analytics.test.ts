import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ErrorAnalytics } from '../../../src/modules/analytics/error-analytics.dto.js';
import { startTestApp } from '../../support/app.js';
import type { TestApp, TestUser } from '../../support/app.js';
import { Client } from '../../support/client.js';
import { rounded, summary } from './plain-figures.js';
import { thoroughness } from '../../support/thoroughness.js';

const START = Date.UTC(2026, 2, 20);
const MINUTE = 60_000;
const minutes = fc.nat({ max: 40 * 24 * 60 });

const error = fc.record({
  severity: fc.constantFrom('error', 'critical'),
  category: fc.constantFrom('db', 'net'),
  environment: fc.constantFrom('production', 'staging'),
  service: fc.constantFrom(null, 'api', 'web'),
  project: fc.constantFrom(null, 'one'),
  status: fc.constantFrom('unresolved', 'resolved', 'ignored', 'regressed'),
  occurred: fc.array(minutes, { minLength: 1, maxLength: 12 }),
  // A status that an error got, and when.
  changes: fc.uniqueArray(fc.tuple(minutes, fc.constantFrom('resolved', 'regressed', 'unresolved', 'ignored')), {
    maxLength: 5,
    selector: ([at]) => at,
  }),
});
type SomeError = typeof error extends fc.Arbitrary<infer T> ? T : never;

let app: TestApp;
let user: TestUser;

beforeAll(async () => {
  app = await startTestApp();
  user = await app.user();
});

afterAll(() => app.close());

const moment = (minute: number): number => START + minute * MINUTE;
const groupKeys: Record<string, (one: SomeError) => string | null> = {
  severity: (one) => one.severity,
  category: (one) => one.category,
  environment: (one) => one.environment,
  service: (one) => one.service,
  project: (one) => one.project,
};

async function put(errors: readonly SomeError[], owner: TestUser): Promise<{ team: string; ids: string[] }> {
  const team = await app.team(owner);
  await app.sql(`insert into public.projects (team_id, project_key, name) values ($1, 'one', 'One')`, [team]);
  const ids: string[] = [];
  for (const one of errors) {
    const times = one.occurred.map(moment);
    const [made] = await app.sql<{ id: string }>(
      `insert into public.error_logs (team_id, error_code, error_category, error_severity, error_message, environment,
         service_name, project_key, resolution_status, occurrence_count, first_occurred_at, last_occurred_at)
       values ($1, 'E', $2, $3, 'm', $4, $5, $6, $7, $8, $9, $10) returning id`,
      [
        ...[team, one.category, one.severity, one.environment, one.service, one.project, one.status, times.length],
        ...[new Date(Math.min(...times)), new Date(Math.max(...times))],
      ],
    );
    ids.push(made?.id ?? '');
    for (const at of times)
      await app.sql(
        `insert into public.error_hourly_counts as c (team_id, error_id, hour, occurrence_count)
         values ($1, $2, app.quarter_hour($3), 1)
         on conflict (team_id, error_id, hour) do update set occurrence_count = c.occurrence_count + 1`,
        [team, made?.id, new Date(at)],
      );
    for (const [at, to] of one.changes)
      await app.sql(
        `insert into public.error_resolutions (team_id, error_id, changed_at, from_status, to_status, cause)
         values ($1, $2, $3, 'unresolved', $4, 'user')`,
        [team, made?.id, new Date(moment(at)), to],
      );
  }
  return { team, ids };
}

/** Seconds from the last reopening, or the first occurrence, to each resolution. */
function toResolve(errors: readonly SomeError[], from: number, to: number): number[] {
  return errors.flatMap(({ changes, occurred }) =>
    changes
      .filter(([at, status]) => status === 'resolved' && moment(at) >= from && moment(at) < to)
      .map(([at]) => {
        const openings = changes.filter(([then, status]) => then < at && ['unresolved', 'regressed'].includes(status));
        const opened = openings.length > 0 ? Math.max(...openings.map(([then]) => then)) : Math.min(...occurred);
        return Math.max(0, at - opened) * 60;
      }),
  );
}

function counts(errors: readonly SomeError[], from: number, to: number): { occurrences: number; errors: number } {
  const within = errors.map(({ occurred }) => occurred.filter((at) => moment(at) >= from && moment(at) < to).length);
  return { occurrences: within.reduce((a, b) => a + b, 0), errors: within.filter((n) => n > 0).length };
}

const isNew = ({ occurred }: SomeError, from: number, to: number): boolean =>
  moment(Math.min(...occurred)) >= from && moment(Math.min(...occurred)) < to;

// Seen to fail in the first runs: without the last regression in the time to resolve, and with new errors counted by
// created_at.
describe('analytics of errors', () => {
  it('equal a plain recount of the rows', async () => {
    const stranger = await app.user();
    const question = fc.record({
      errors: fc.array(error, { maxLength: 8 }),
      from: fc.nat({ max: 30 * 96 }),
      quarters: fc.integer({ min: 1, max: 20 * 96 }),
      bucket: fc.constantFrom('hour', 'day', 'week'),
      zone: fc.constantFrom('UTC', 'Asia/Kathmandu', 'America/Havana'),
      groupBy: fc.constantFrom(...Object.keys(groupKeys)),
      limit: fc.integer({ min: 1, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(question, async ({ errors, from, quarters, bucket, zone, groupBy, limit }) => {
        const { team, ids } = await put(errors, user);
        await put(errors.slice(0, 2), stranger);
        const [start, end] = [moment(from * 15), moment((from + quarters) * 15)];
        const window = `from=${new Date(start).toISOString()}&to=${new Date(end).toISOString()}&bucket=${bucket}&timeZone=${zone}`;
        const { body } = await new Client(app.url, user).get<ErrorAnalytics>(
          `/analytics/errors?${window}&groupBy=${groupBy}&limit=${limit}&teamId=${team}`,
        );
        const { totals, buckets, top, groups, other } = body.data;
        expect(rounded(totals)).toEqual(
          rounded({
            ...counts(errors, start, end),
            newErrors: errors.filter((one) => isNew(one, start, end)).length,
            unresolved: errors.filter(({ status }) => ['unresolved', 'regressed'].includes(status)).length,
            timeToResolve: summary(toResolve(errors, start, end)),
          }),
        );
        for (const { start: since, end: until, ...found } of buckets) {
          const [a, b] = [Date.parse(since), Date.parse(until)];
          expect(found).toEqual({
            ...counts(errors, a, b),
            newErrors: errors.filter((one) => isNew(one, a, b)).length,
            resolved: toResolve(errors, a, b).length,
          });
        }
        const each = errors.map((one, i) => ({ id: ids[i], n: counts([one], start, end).occurrences }));
        const most = each.filter(({ n }) => n > 0).sort((x, y) => y.n - x.n);
        expect(top.map(({ occurrences }) => occurrences)).toEqual(most.slice(0, limit).map(({ n }) => n));
        for (const { id, occurrences } of top) expect(each.find((one) => one.id === id)?.n).toBe(occurrences);
        const keyOf = groupKeys[groupBy]!;
        const there = errors.filter((one) => counts([one], start, end).occurrences > 0);
        expect(groups).toHaveLength(Math.min(limit, new Set(there.map(keyOf)).size));
        for (const { key, occurrences, errors: n } of groups)
          expect({ occurrences, errors: n }).toEqual(
            counts(
              there.filter((one) => keyOf(one) === key),
              start,
              end,
            ),
          );
        const left = there.filter((one) => !groups.some(({ key }) => key === keyOf(one)));
        expect(other && { occurrences: other.occurrences, errors: other.errors }).toEqual(
          left.length === 0 ? null : counts(left, start, end),
        );
      }),
      { numRuns: thoroughness.analyticsExamples },
    );
  }, 120_000);
});
