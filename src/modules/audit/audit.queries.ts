import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import type { ListSource } from '../../platform/schema/list-statement.js';
import { AuditEntry } from './audit.dto.js';
import type { HistoryPosition } from './audit.rules.js';

export function managedTeams(): Statement<{ readonly ids: readonly string[] }> {
  return statement('audit.managed_teams', 'select app.managed_team_ids() as ids');
}

/**
 * One index scan of the whole trail for admins, who also see records without a team; otherwise one for each managed
 * team.
 */
export function auditSource(teamIds: readonly string[] | null): ListSource {
  return {
    name: 'audit.list',
    table: 'public.audit_logs',
    shape: AuditEntry,
    teamColumn: teamIds === null ? null : 'team_id',
    where: [],
    allTeams: teamIds === null,
    teamIds: teamIds ?? undefined,
  };
}

/** A page of the history of a task. */
export interface HistoryRow {
  /** Whether the caller sees the task, deleted or not. */
  readonly found: boolean;
  readonly data: string;
  readonly more: boolean;
  /** Time and id of the last event, as a JSON array of strings. */
  readonly last: string | null;
}

const PART_EVENT = `case h.table_name when 'task_comments' then 'comment_' else 'dependency_' end
            || case h.operation when 'INSERT' then 'added' when 'UPDATE' then 'changed' else 'removed' end`;

/** As it is now, and only its id when it is gone. */
const PREREQUISITE = `(
          select json_build_object(
            'id', h.part_id, 'projectKey', p.project_key, 'list', p.list, 'ref', p.ref, 'title', p.title)
          from (select) one
          left join public.tasks p on p.id = h.part_id)`;

/** The text comes from the comment itself, because the trail still has what its author has removed. */
const COMMENT = `(
          select json_build_object('id', h.part_id, 'content', c.content)
          from (select) one
          left join public.task_comments c on c.id = h.part_id)`;

export function taskHistory(
  taskId: string,
  limit: number,
  { occurredAt, id }: HistoryPosition,
  { columns, names }: { readonly columns: readonly string[]; readonly names: readonly string[] },
): Statement<HistoryRow> {
  return statement(
    'audit.task_history',
    `select
  exists (select from public.tasks t where t.id = $1) as found,
  coalesce(string_agg(page.item, ',' order by page.n) filter (where page.n <= $2::int), '') as data,
  count(*) > $2::int as more,
  max(page.keys) filter (where page.n = $2::int) as last
from (
  select
    row_number() over (order by h.occurred_at desc, h.id desc) as n,
    json_build_array(h.occurred_at::text, h.id::text)::text as keys,
    (select row_to_json(j)::text from (
      select
        h.id,
        h.occurred_at as "occurredAt",
        case
          when h.table_name is not null then ${PART_EVENT}
          when h.operation = 'INSERT' then 'created'
          when h.operation = 'DELETE' then 'deleted'
          when h.old_values ? 'deleted_at' then case when h.new_values -> 'deleted_at' = 'null' then 'restored' else 'deleted' end
          when h.old_values ? 'status' and h.new_values ->> 'status' = 'completed' then 'completed'
          else 'updated'
        end as event,
        h.operation,
        case when h.user_id is not null then json_build_object('id', h.user_id, 'name', h.user_name) end as "user",
        h.request_id as "requestId",
        case when h.table_name = 'task_dependencies' then ${PREREQUISITE} end as "dependsOn",
        case when h.table_name = 'task_comments' then ${COMMENT} end as "comment",
        coalesce((
          select json_agg(
            json_build_object('field', f.name, 'before', h.old_values -> f.col, 'after', h.new_values -> f.col)
            order by f.place)
          from unnest($5::text[], $6::text[]) with ordinality as f (col, name, place)
          where case h.operation
            when 'UPDATE' then h.old_values ? f.col
            else coalesce(h.old_values, h.new_values) -> f.col <> 'null'
          end
        ), '[]') as changes
    ) j) as item
  from (
    select t.*, null as table_name, null::uuid as part_id
    from app.task_history($1::uuid, $2::int + 1, $3::timestamptz, $4::uuid) t
    union all
    select p.id, p.occurred_at, p.operation, p.user_id, p.user_name, p.request_id, null, null, p.table_name, p.part_id
    from app.task_part_history($1::uuid, $2::int + 1, $3::timestamptz, $4::uuid) p
    order by occurred_at desc, id desc
    limit $2::int + 1
  ) h
) page`,
    [taskId, limit, occurredAt, id, columns, names],
  );
}

export function extendPartitions(monthsAhead: number): Statement<{ readonly made: number }> {
  return statement('audit.extend_partitions', 'select app.extend_audit_partitions($1) as made', [monthsAhead]);
}

export function dropPartitions(keepDays: number): Statement<{ readonly dropped: readonly string[] }> {
  return statement(
    'audit.drop_partitions',
    'select app.drop_audit_partitions(make_interval(days => $1::int)) as dropped',
    [keepDays],
  );
}
