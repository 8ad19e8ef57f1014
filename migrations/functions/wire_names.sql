create or replace function app.wire_names(p_row jsonb) returns jsonb
language sql
immutable
strict
parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
  select coalesce(jsonb_object_agg(lower(left(r.key, 1)) || substr(replace(initcap(r.key), '_', ''), 2), r.value), '{}')
  from jsonb_each(p_row) r;
end;
comment on function app.wire_names(jsonb) is 'A row of the trail with the names that clients know: due_date as dueDate.';
