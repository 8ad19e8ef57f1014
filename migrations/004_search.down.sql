-- The way back of 004: the function, the index and the column. Dropping the column does not rewrite tasks.
set lock_timeout = '5s';
set role tm_search;
drop function app.search_task_ids(tsquery, jsonb);
set role tm_owner;
drop policy tasks_search_select_policy on public.tasks;
revoke all (id, team_id, search, tags, created_at, deleted_at) on public.tasks from tm_search;
drop function app.search_query(text);
drop index public.tasks_search_idx;
alter table public.tasks drop column search;
delete from public.migrations
where name = 'Search1700000000004'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
