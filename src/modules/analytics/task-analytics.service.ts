import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import type { AnalyticsRequest } from './analytics-request.js';
import type { OldTask, TaskAgeing, TaskAnalytics, TaskBucket } from './task-analytics.dto.js';
import { foldTaskFlow, iso, taskFlow } from './task-flow.queries.js';
import { figuresOf, openOf, statusesAtEnds, throughputOf, timesOf } from './task-flow.rules.js';
import type { FlowRow, TimesRow } from './task-flow.rules.js';
import { taskGroups } from './task-groups.js';
import { AGES, oldestTasks, taskAges, taskTimes } from './task-times.queries.js';
import type { AgeRow } from './task-times.queries.js';

/** Figures of tasks: throughput, durations, and the age of open tasks. */
@Injectable()
export class TaskAnalyticsService {
  constructor(private readonly database: Database) {}

  /** Reads everything in one snapshot, so that the figures are consistent. */
  read(session: Session, request: AnalyticsRequest, now: number): Promise<TaskAnalytics> {
    return this.database.analytics(session, async (tx) => {
      const flow = await tx.run(taskFlow(request));
      const times = await tx.run(taskTimes(request));
      const { from, to, bucket, timeZone, groupBy } = request;
      const since = flow.filter((row) => row.bucket < request.edges.length);
      const totals = figuresOf(
        since,
        times.find(({ total }) => total),
      );
      return {
        ...{ from: iso(from), to: iso(to), bucket, timeZone, asOf: iso(now) },
        totals,
        buckets: bucketsOf(request, flow, times),
        ageing: await ageing(tx, request, now),
        groupBy,
        ...(await taskGroups(tx, request, since, times)),
      };
    });
  }

  /** Maintenance: folds the counts since the last run into the sums. */
  async fold(tx: Tx): Promise<void> {
    await tx.run(foldTaskFlow());
  }
}

function bucketsOf({ edges }: AnalyticsRequest, flow: readonly FlowRow[], times: readonly TimesRow[]): TaskBucket[] {
  const ends = statusesAtEnds(flow, edges.length - 1);
  return ends.map((statuses, i) => ({
    start: iso(edges[i] ?? 0),
    end: iso(edges[i + 1] ?? 0),
    ...throughputOf(flow.filter(({ bucket }) => bucket === i + 1)),
    open: openOf(statuses),
    statuses,
    ...timesOf(times.find(({ part }) => part === String(i + 1))),
  }));
}

async function ageing(tx: Tx, request: AnalyticsRequest, now: number): Promise<TaskAgeing> {
  const rows = await tx.run(taskAges(request, now));
  const oldest = await tx.run(oldestTasks(request));
  const sum = (value: (row: AgeRow) => number): number => rows.reduce((total, row) => total + value(row), 0);
  const open = sum(({ tasks }) => tasks);
  return {
    open,
    overdue: sum(({ overdue }) => overdue),
    mean: open === 0 ? null : sum(({ age }) => age) / open,
    ages: [0, ...AGES].map((fromDays, place) => ({
      fromDays,
      toDays: AGES[place] ?? null,
      count: rows.find((row) => row.place === place)?.tasks ?? 0,
    })),
    oldest: oldest.map(({ data }) => JSON.parse(data) as OldTask),
  };
}
