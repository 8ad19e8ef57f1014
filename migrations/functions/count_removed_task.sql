create or replace function app.count_removed_task() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app.count_task_flow(old, greatest(now(), old.created_at), old.status, 'deleted', 1);
  return null;
end
$$;
comment on function app.count_removed_task() is 'A row that is removed for good has left the counts like one that is marked as deleted.';
