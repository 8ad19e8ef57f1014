create or replace function app.schema_version()
returns bigint
language sql
stable
security definer
parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
  select max(m."timestamp")
  from public.migrations m;
end;
comment on function app.schema_version() is 'The last migration of this database, as the number at the end of its name.';
