-- 006: dependencies without cycles, and how many of them are open: a task counts them, so that "next" is an index walk at
-- any size.
-- tm_work owns the triggers below, and those of the status and of leases. A credential may write tasks without being allowed
-- to read them, and counters, cascades and the search for cycles must be right for it, too: under the caller's own policies
-- they would see nothing.
set lock_timeout = '5s';
set role tm_owner;

-- ---------------------------------------------------------------------------------------------------------------
-- Words that the triggers share
-- ---------------------------------------------------------------------------------------------------------------
\ir functions/project_option.sql
\ir functions/is_open.sql
\ir functions/task_graph_key.sql
\ir functions/task_options_key.sql

grant execute on function
  app.project_option(jsonb, text), app.is_open(text, timestamptz, boolean), app.task_graph_key(uuid), app.task_options_key(uuid)
  to tm_app_rw, tm_app_ro, tm_analytics, tm_background, tm_admin, tm_work;
grant execute on function
  app.current_user_id(), app.current_team_ids(), app.has_permission(text), app.is_admin(), app.admin_may(text), app.system_reason()
  to tm_work;

-- ---------------------------------------------------------------------------------------------------------------
-- Dependencies and parents form no cycle
-- ---------------------------------------------------------------------------------------------------------------
\ir functions/refuse_dependency_cycle.sql
\ir functions/refuse_parent_cycle.sql
\ir functions/count_added_dependencies.sql
\ir functions/count_removed_dependencies.sql
\ir functions/count_open_dependencies.sql
\ir functions/recount_open_dependencies.sql

-- ---------------------------------------------------------------------------------------------------------------
-- Rights and triggers
-- ---------------------------------------------------------------------------------------------------------------
create policy tasks_work_select_policy on public.tasks for select to tm_work using (true);
create policy tasks_work_update_policy on public.tasks for update to tm_work using (true) with check (true);
create policy task_dependencies_work_select_policy on public.task_dependencies for select to tm_work using (true);
create policy projects_work_select_policy on public.projects for select to tm_work using (true);
grant select, update on public.tasks to tm_work;
grant select on public.task_dependencies, public.projects to tm_work;

-- Before the counting one, by name.
create trigger task_dependencies_acyclic after insert on public.task_dependencies
  referencing new table as added
  for each statement execute function app.refuse_dependency_cycle();
create trigger task_dependencies_acyclic_moved after update on public.task_dependencies
  referencing new table as added
  for each statement execute function app.refuse_dependency_cycle();
create trigger tasks_parent_acyclic after update of parent_task_id on public.tasks
  for each row
  when (new.parent_task_id is not null and new.parent_task_id is distinct from old.parent_task_id)
  execute function app.refuse_parent_cycle();
create trigger task_dependencies_added after insert on public.task_dependencies
  referencing new table as added
  for each statement execute function app.count_added_dependencies();
create trigger task_dependencies_removed after delete on public.task_dependencies
  referencing old table as removed
  for each statement execute function app.count_removed_dependencies();
create trigger tasks_open_dependencies after update of status, deleted_at on public.tasks
  for each row
  when (
    (case when old.deleted_at is not null or old.status = 'completed' then 0 when old.status = 'cancelled' then 1 else 2 end)
    <> (case when new.deleted_at is not null or new.status = 'completed' then 0 when new.status = 'cancelled' then 1 else 2 end)
  )
  execute function app.count_open_dependencies();
create trigger projects_cancelled_satisfies after update of settings on public.projects
  for each row when (old.settings is distinct from new.settings)
  execute function app.recount_open_dependencies();

-- After the triggers: whoever makes one must be allowed to execute its function.
grant create on schema app to tm_work;
alter function app.refuse_dependency_cycle() owner to tm_work;
alter function app.refuse_parent_cycle() owner to tm_work;
alter function app.count_added_dependencies() owner to tm_work;
alter function app.count_removed_dependencies() owner to tm_work;
alter function app.count_open_dependencies() owner to tm_work;
alter function app.recount_open_dependencies() owner to tm_work;
revoke create on schema app from tm_work;

insert into public.migrations ("timestamp", name)
select 1800000000006, 'Dependencies1800000000006'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Dependencies1800000000006');

reset role;
