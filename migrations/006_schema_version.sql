-- 006: which migration this database has, for readiness. No role that serves may read the table of migrations itself.
set lock_timeout = '5s';
set role tm_owner;

create function app.schema_version()
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
revoke execute on function app.schema_version() from public;
grant execute on function app.schema_version() to tm_app_ro, tm_admin;

insert into public.migrations ("timestamp", name)
select 1700000000006, 'SchemaVersion1700000000006'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'SchemaVersion1700000000006');

reset role;
