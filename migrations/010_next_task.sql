-- 010: what is next, claiming it, and why a task is not ready.
set lock_timeout = '5s';
set role tm_owner;

-- With the status in front of the order, so that a claim walks past nothing that is in progress.
create index tasks_next_idx on public.tasks
  (team_id, project_key, list, status, priority desc, dependency_count, ref_path, id)
  where deleted_at is null
    and parent_task_id is null
    and stage is null
    and open_dependencies = 0
    and status in ('pending', 'in_progress');

-- Tasks without a project: `is null` is no equality to the planner, so the index above would not give their order.
create index tasks_next_loose_idx on public.tasks (team_id, status, priority desc, dependency_count, id)
  where deleted_at is null
    and project_key is null
    and parent_task_id is null
    and stage is null
    and open_dependencies = 0
    and status in ('pending', 'in_progress');

-- Tasks in progress whose subtasks come first: those that ever had one, or "next" would look for the subtasks of each
-- (at 100,000 tasks of one tenant, a tenth of them in progress: 40 ms instead of 0.5).
create index tasks_begun_idx on public.tasks (team_id, project_key, list)
  where deleted_at is null
    and stage is null
    and status = 'in_progress'
    and next_child > 1;

\ir functions/claim_task.sql

-- ---------------------------------------------------------------------------------------------------------------
-- Why a task is not ready
-- ---------------------------------------------------------------------------------------------------------------
\ir functions/task_blockers.sql

grant execute on function app.task_blockers(uuid) to tm_app_rw, tm_app_ro, tm_analytics, tm_admin;
grant execute on function app.claim_task(uuid, text, text, jsonb, integer) to tm_app_rw, tm_admin;

insert into public.migrations ("timestamp", name)
select 1800000000010, 'NextTask1800000000010'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'NextTask1800000000010');

reset role;
