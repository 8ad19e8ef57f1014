import type { Tx } from '../../platform/database/transaction.js';
import type { AnalyticsRequest } from './analytics-request.js';
import type { TaskAnalytics, TaskGroup } from './task-analytics.dto.js';
import { taskFlowByGroup } from './task-flow.queries.js';
import type { GroupFlowRow } from './task-flow.queries.js';
import { figuresOf, openOf, rowsOfStatus, STATUSES, statusesAfter } from './task-flow.rules.js';
import type { FlowRow, TimesRow } from './task-flow.rules.js';
import { groupNames, taskTimesByGroup } from './task-times.queries.js';

type Groups = Pick<TaskAnalytics, 'groups' | 'other'>;

/** Groups by status, computed from the rows that were already read. */
function statusGroups(rows: readonly FlowRow[], times: readonly TimesRow[]): Groups {
  const now = statusesAfter(rows.filter(({ bucket }) => bucket === 0));
  const groups = STATUSES.map((status): TaskGroup => {
    const done = status === 'completed' ? times.find(({ total }) => total) : undefined;
    const statuses = { ...statusesAfter([]), [status]: now[status] };
    const figures = figuresOf(rowsOfStatus(rows, status), done);
    return { ...labelOf(status, 'status', null), ...figures, total: now[status], open: openOf(statuses), statuses };
  });
  return { groups, other: null };
}

/** A project needs its team, because its key alone can exist in several teams. */
function labelOf(key: string, groupBy: string, name: string | null): Pick<TaskGroup, 'key' | 'name' | 'teamId'> {
  const [teamId = '', projectKey = ''] = groupBy === 'project' ? key.split('/') : [];
  const shown = groupBy === 'project' ? projectKey : key;
  return { key: shown === '' ? null : shown, name, teamId: teamId === '' ? null : teamId };
}

/** The largest groups, and all others combined. */
export async function taskGroups(
  tx: Tx,
  request: AnalyticsRequest,
  rows: readonly FlowRow[],
  times: readonly TimesRow[],
): Promise<Groups> {
  const { groupBy } = request;
  if (groupBy === null) return { groups: [], other: null };
  if (groupBy === 'status') return statusGroups(rows, times);
  const flow = await tx.run(taskFlowByGroup(request, groupBy));
  const steps = new Map<string, GroupFlowRow[]>();
  for (const row of flow.filter(({ named }) => named)) steps.set(row.key, [...(steps.get(row.key) ?? []), row]);
  const keys = [...steps.keys()];
  const measured = await tx.run(taskTimesByGroup(request, groupBy, keys));
  const wanted = groupNames(groupBy, keys);
  const names = wanted === null ? [] : await tx.run(wanted);
  const groups = [...steps].map(([key, own]): TaskGroup => ({
    ...labelOf(key, groupBy, names.find((row) => row.key === key)?.name ?? null),
    ...figuresOf(
      own,
      measured.find(({ part }) => part === key),
    ),
  }));
  const rest = flow.filter(({ named }) => !named);
  const left = (flow[0]?.groups ?? 0) - groups.length;
  const others = {
    groups: left,
    ...figuresOf(
      rest,
      measured.find(({ part }) => part === null),
    ),
  };
  return { groups, other: left > 0 ? others : null };
}
