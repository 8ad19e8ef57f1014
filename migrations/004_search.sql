-- 004: full-text search and tag containment that use an index under row-level security.
-- `@@` and `@>` are not leakproof, so below a policy they are only ever a filter. The index is read by one narrow
-- SECURITY DEFINER function that answers ids, and the caller reads the rows themselves through the policies
-- (docs/decisions/0005-search-under-row-level-security.md has the measurement).
set lock_timeout = '5s';
set role tm_owner;

-- One index for both, with the team in it: what a search reads is bounded by the tenant, not by the table.
-- The team is an array of one so that all teams of a user are one scan (`&&`); `team_id = any(...)` on GIN is a scan each.
-- The pending list is kept short because every search reads the whole of it.
create index tasks_search_idx on public.tasks using gin ((array[team_id]), search, tags jsonb_path_ops)
  with (gin_pending_list_limit = 256)
  where deleted_at is null;

\ir functions/search_phrase.sql
\ir functions/search_query.sql
\ir functions/search_task_ids.sql

-- tm_search owns this one function, nobody is a member of it, and it can read six columns of one table.
create policy tasks_search_select_policy on public.tasks for select to tm_search using (true);
grant select (id, team_id, search, tags, created_at, deleted_at) on public.tasks to tm_search;
grant execute on function app.search_phrase(text, boolean), app.search_query(text) to tm_app_rw, tm_app_ro, tm_analytics, tm_admin;
grant execute on function app.search_task_ids(tsquery, jsonb) to tm_app_rw, tm_app_ro, tm_analytics, tm_admin;
alter function app.search_task_ids(tsquery, jsonb) owner to tm_search;

insert into public.migrations ("timestamp", name)
select 1800000000004, 'Search1800000000004'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Search1800000000004');

reset role;
