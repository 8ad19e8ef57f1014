-- The way back of 006.
set lock_timeout = '5s';
set role tm_owner;
drop trigger projects_cancelled_satisfies on public.projects;
drop trigger tasks_open_dependencies on public.tasks;
drop trigger task_dependencies_removed on public.task_dependencies;
drop trigger task_dependencies_added on public.task_dependencies;
drop trigger tasks_parent_acyclic on public.tasks;
drop trigger task_dependencies_acyclic_moved on public.task_dependencies;
drop trigger task_dependencies_acyclic on public.task_dependencies;
revoke select on public.task_dependencies, public.projects from tm_work;
revoke select, update on public.tasks from tm_work;
drop policy projects_work_select_policy on public.projects;
drop policy task_dependencies_work_select_policy on public.task_dependencies;
drop policy tasks_work_update_policy on public.tasks;
drop policy tasks_work_select_policy on public.tasks;
revoke execute on function app.current_user_id(), app.current_team_ids(), app.has_permission(text), app.is_admin(), app.admin_may(text), app.system_reason()
  from tm_work;
drop function app.task_options_key(uuid);
drop function app.task_graph_key(uuid);
drop function app.is_open(text, timestamptz, boolean);
drop function app.project_option(jsonb, text);
set role tm_work;
drop function app.recount_open_dependencies();
drop function app.count_open_dependencies();
drop function app.count_removed_dependencies();
drop function app.count_added_dependencies();
drop function app.refuse_parent_cycle();
drop function app.refuse_dependency_cycle();
set role tm_owner;
delete from public.migrations
where name = 'Dependencies1800000000006'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
