import type { Statement } from '../../platform/database/statement.js';
import { shapedStatement, statement } from '../../platform/database/statement.js';
import type { ErrorChange, MergeOutcome } from './error-status.rules.js';

/** The state of an error that a change depends on. */
export interface ErrorState {
  readonly version: number;
  readonly mergedInto: string | null;
  readonly serviceVersion: string | null;
}

export function stateOf(id: string): Statement<ErrorState> {
  return statement(
    'errors.state',
    `select
  t.version,
  t.merged_into as "mergedInto",
  t.service_version as "serviceVersion"
from public.error_logs t
where t.id = $1`,
    [id],
  );
}

/** The columns that a status sets. Columns of other statuses are cleared. */
function statusColumns(change: ErrorChange, parameter: (value: unknown, type: string) => string): string[] {
  const {
    status,
    inVersion = null,
    inNextRelease = false,
    until = null,
    untilCount = null,
    untilUsers = null,
  } = change;
  if (status === undefined) return [];
  const resolved = status === 'resolved';
  const ignored = status === 'ignored';
  return [
    `resolution_status = ${parameter(status, 'text')}`,
    `resolved_at = ${resolved ? 'coalesce(t.resolved_at, now())' : 'null'}`,
    `resolved_by = ${resolved ? 'app.current_user_id()::text' : 'null'}`,
    `resolved_in_version = ${resolved ? `coalesce(${parameter(inVersion, 'text')}, t.service_version)` : 'null'}`,
    `resolved_in_next_release = ${resolved ? parameter(inNextRelease, 'boolean') : 'false'}`,
    `ignored_until = ${ignored ? parameter(until, 'timestamptz') : 'null'}`,
    `ignored_until_count = ${ignored ? `t.occurrence_count + ${parameter(untilCount, 'integer')}` : 'null'}`,
    `ignored_until_users = ${ignored ? `t.users_affected + ${parameter(untilUsers, 'integer')}` : 'null'}`,
  ];
}

/**
 * Updates an error that still has the expected version. No row means that it is gone, has changed, or may not be
 * changed by the caller.
 */
export function changeError(id: string, version: number | null, change: ErrorChange): Statement<{ id: string }> {
  const values: unknown[] = [id, version];
  const parameter = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
  const column = (name: string, value: unknown, type = 'text'): string[] =>
    value === undefined ? [] : [`${name} = ${parameter(value, type)}`];
  const { metadata, resetsMetadata } = change;
  const data = metadata === undefined ? '' : parameter(JSON.stringify(metadata), 'jsonb');
  const sets = [
    ...statusColumns(change, parameter),
    ...column('resolution_notes', change.notes),
    ...column('title', change.title),
    ...column('error_severity', change.severity),
    ...column('assignee_id', change.assigneeId, 'uuid'),
    ...column('task_id', change.taskId, 'uuid'),
    ...(data === '' ? [] : [`metadata = ${resetsMetadata ? data : `app.merge_patch(t.metadata, ${data})`}`]),
  ];
  return shapedStatement(
    'errors.change',
    `update public.error_logs t
set ${sets.join(',\n    ')}
where t.id = $1
  and ($2::int is null or t.version = $2)
returning t.id`,
    values,
  );
}

export function mergeErrors(id: string, into: string, version: number | null): Statement<{ outcome: MergeOutcome }> {
  return statement('errors.merge', 'select app.merge_errors($1, $2, $3) as outcome', [id, into, version]);
}

export function expireIgnores(): Statement<{ ended: number }> {
  return statement('errors.expire_ignores', 'select app.expire_error_ignores() as ended');
}

/** Deletes expired occurrences, oldest first, up to a limit. */
export function pruneErrors(
  resolvedDays: number,
  unresolvedDays: number,
  limit: number,
): Statement<{ removed: number }> {
  return statement('errors.prune', 'select app.prune_errors($1, $2, $3) as removed', [
    resolvedDays,
    unresolvedDays,
    limit,
  ]);
}
