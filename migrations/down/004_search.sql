-- The way back of 004: the function and the index.
set lock_timeout = '5s';
set role tm_owner;
revoke select (id, team_id, search, tags, created_at, deleted_at) on public.tasks from tm_search;
drop policy tasks_search_select_policy on public.tasks;
drop index public.tasks_search_idx;
set role tm_search;
drop function app.search_task_ids(tsquery, jsonb);
set role tm_owner;
drop function app.search_query(text);
drop function app.search_phrase(text, boolean);
delete from public.migrations
where name = 'Search1800000000004'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
