import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import type { TaskAddress, TaskRow } from './task.queries.js';
import { rowOf, where, withJson } from './task.queries.js';

/** Soft-deletes a task with its subtasks. All share one timestamp, so that a restore brings back the same set. */
export function deleteTask(address: TaskAddress, version: number | null): Statement<{ id: string; version: number }> {
  const { name, text, values } = where(address, 2);
  return statement(
    `tasks.delete_${name}`,
    `with recursive subtree as (
  select t.id, t.team_id, true as root
  from public.tasks t
  where ${text}
    and t.deleted_at is null
    and ($1::int is null or t.version = $1)
  union all
  select c.id, c.team_id, false
  from subtree d
  join public.tasks c on c.team_id = d.team_id and c.parent_task_id = d.id and c.deleted_at is null
),
deleted as (
  update public.tasks t
  set deleted_at = now()
  from subtree d
  where t.team_id = d.team_id
    and t.id = d.id
    and t.deleted_at is null
    and (not d.root or $1::int is null or t.version = $1)
  returning t.id, t.version, d.root
)
select id, version
from deleted
where root`,
    [version, ...values],
  );
}

/** Restores a deleted task and everything deleted with it, if its parent and project exist. */
export function restoreTask(id: string): Statement<TaskRow> {
  const restore = statement<TaskRow>(
    'tasks.restore',
    `with recursive back as (
  select t.id, t.team_id, t.deleted_at, true as root
  from public.tasks t
  where t.id = $1
    and t.deleted_at is not null
    and not exists (
      select from public.tasks p
      where p.team_id = t.team_id and p.id = t.parent_task_id and p.deleted_at is not null
    )
    and not exists (
      select from public.projects p
      where p.team_id = t.team_id and p.project_key = t.project_key and p.deleted_at is not null
    )
  union all
  select c.id, c.team_id, c.deleted_at, false
  from back b
  join public.tasks c on c.team_id = b.team_id and c.parent_task_id = b.id and c.deleted_at = b.deleted_at
),
restored as (
  update public.tasks t
  set deleted_at = null
  from back b
  where t.team_id = b.team_id
    and t.id = b.id
  returning t.*, b.root
)
select
  ${rowOf()}
from restored t
where t.root`,
    [id],
  );
  return withJson(restore);
}
