import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import type { AnalyticsRequest } from './analytics-request.js';
import { iso } from './task-flow.queries.js';
import type { ValidationAnalytics, ValidationBucket, ValidationGroup } from './validation-analytics.dto.js';
import { flakyValidations, validationFigures, validationFiguresByGroup } from './validation-analytics.queries.js';
import { validationFiguresOf } from './validation-figures.rules.js';
import type { FlakyRow, ValidationRow } from './validation-figures.rules.js';

type Flaky = ValidationAnalytics['flakiness'];

/** Figures of validations: pass rate, durations and flakiness. */
@Injectable()
export class ValidationAnalyticsService {
  constructor(private readonly database: Database) {}

  read(session: Session, request: AnalyticsRequest): Promise<ValidationAnalytics> {
    return this.database.analytics(session, async (tx) => {
      const rows = await tx.run(validationFigures(request));
      const flaky = await tx.run(flakyValidations(request));
      const { from, to, bucket, timeZone, groupBy } = request;
      const types = rows.filter((row) => row.keyed && row.bucket === null);
      return {
        ...{ from: iso(from), to: iso(to), bucket, timeZone },
        totals: validationFiguresOf(rows.find((row) => !row.keyed && row.bucket === null)),
        flakiness: flakinessOf(flaky, null),
        buckets: bucketsOf(
          request,
          rows.filter(({ keyed }) => !keyed),
        ),
        types: types.map((row) => ({
          type: row.key ?? '',
          ...validationFiguresOf(row),
          flakiness: flakinessOf(flaky, row.key),
          buckets: bucketsOf(
            request,
            rows.filter(({ keyed, key }) => keyed && key === row.key),
          ),
        })),
        groupBy,
        ...(await groupsOf(tx, request)),
      };
    });
  }
}

function bucketsOf({ edges }: AnalyticsRequest, rows: readonly ValidationRow[]): ValidationBucket[] {
  const byBucket = new Map(rows.map((row) => [row.bucket, row]));
  return edges.slice(0, -1).map((start, i) => ({
    start: iso(start),
    end: iso(edges[i + 1] ?? 0),
    ...validationFiguresOf(byBucket.get(i + 1)),
  }));
}

function flakinessOf(rows: readonly FlakyRow[], type: string | null): Flaky {
  const { judged = 0, flaky = 0 } = rows.find((row) => row.type === type) ?? {};
  return { judged, flaky, rate: judged === 0 ? null : flaky / judged };
}

async function groupsOf(tx: Tx, request: AnalyticsRequest): Promise<Pick<ValidationAnalytics, 'groups' | 'other'>> {
  if (request.groupBy === null) return { groups: [], other: null };
  const rows = await tx.run(validationFiguresByGroup(request, request.groupBy));
  const rest = rows.find(({ keyed }) => !keyed);
  const groups = rows
    .filter(({ keyed }) => keyed)
    .map((row): ValidationGroup => ({ ...labelOf(row.key ?? '', request.groupBy), ...validationFiguresOf(row) }));
  return { groups, other: rest ? validationFiguresOf(rest) : null };
}

function labelOf(key: string, groupBy: string | null): Pick<ValidationGroup, 'key' | 'teamId'> {
  if (groupBy !== 'project') return { key, teamId: null };
  const [teamId = '', projectKey = ''] = key.split('/');
  return { key: projectKey === '' ? null : projectKey, teamId };
}
