import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import type { AnalyticsRequest } from './analytics-request.js';
import type { ErrorAnalytics, ErrorGroup, TopError } from './error-analytics.dto.js';
import {
  errorOccurrences,
  errorsByGroup,
  newErrors,
  resolvedErrors,
  topErrors,
  unresolvedErrors,
} from './error-analytics.queries.js';
import type { ErrorGroupRow, ResolvedRow } from './error-analytics.queries.js';
import { iso } from './task-flow.queries.js';

/** Figures of errors: frequency, most frequent errors, new errors, and time to resolution. */
@Injectable()
export class ErrorAnalyticsService {
  constructor(private readonly database: Database) {}

  read(session: Session, request: AnalyticsRequest): Promise<ErrorAnalytics> {
    return this.database.analytics(session, async (tx) => {
      const { from, to, bucket, timeZone, groupBy } = request;
      const top = await tx.run(topErrors(request));
      return {
        ...{ from: iso(from), to: iso(to), bucket, timeZone },
        ...(await series(tx, request)),
        top: top.map(({ data }) => JSON.parse(data) as TopError),
        groupBy,
        ...(await groupsOf(tx, request)),
      };
    });
  }
}

async function series(tx: Tx, request: AnalyticsRequest): Promise<Pick<ErrorAnalytics, 'totals' | 'buckets'>> {
  const occurred = await tx.run(errorOccurrences(request));
  const fresh = await tx.run(newErrors(request));
  const resolved = await tx.run(resolvedErrors(request));
  const [open] = await tx.run(unresolvedErrors(request));
  const inAll = occurred.find((row) => row.bucket === null);
  return {
    totals: {
      occurrences: inAll?.occurrences ?? 0,
      errors: inAll?.errors ?? 0,
      newErrors: fresh.reduce((sum, { errors }) => sum + errors, 0),
      unresolved: open?.errors ?? 0,
      timeToResolve: timesOf(resolved.find((row) => row.bucket === null)),
    },
    buckets: request.edges.slice(0, -1).map((start, i) => {
      const row = occurred.find((one) => one.bucket === i + 1);
      return {
        start: iso(start),
        end: iso(request.edges[i + 1] ?? 0),
        occurrences: row?.occurrences ?? 0,
        errors: row?.errors ?? 0,
        newErrors: fresh.find((one) => one.bucket === i + 1)?.errors ?? 0,
        resolved: resolved.find((one) => one.bucket === i + 1)?.resolved ?? 0,
      };
    }),
  };
}

function timesOf(row: ResolvedRow | undefined): ErrorAnalytics['totals']['timeToResolve'] {
  const [p50 = null, p75 = null, p90 = null, p95 = null] = row?.percentiles ?? [];
  return { count: row?.resolved ?? 0, mean: row?.mean ?? null, p50, p75, p90, p95 };
}

async function groupsOf(tx: Tx, request: AnalyticsRequest): Promise<Pick<ErrorAnalytics, 'groups' | 'other'>> {
  const { groupBy } = request;
  if (groupBy === null) return { groups: [], other: null };
  const rows = await tx.run(errorsByGroup(request, groupBy));
  const group = (row: ErrorGroupRow): ErrorGroup => ({
    ...labelOf(row.key ?? '', groupBy),
    occurrences: row.occurrences,
    errors: row.errors,
  });
  const rest = rows.find(({ named }) => !named);
  return {
    groups: rows.filter(({ named }) => named).map(group),
    other: rest ? { key: null, teamId: null, occurrences: rest.occurrences, errors: rest.errors } : null,
  };
}

function labelOf(key: string, groupBy: string): Pick<ErrorGroup, 'key' | 'teamId'> {
  const [teamId = null, shown = ''] = groupBy === 'project' ? key.split('/') : [null, key];
  return { key: shown === '' ? null : shown, teamId };
}
