create or replace function app.system_reason() returns text language sql stable parallel safe
  return nullif(pg_catalog.current_setting('app.system_reason', true), '');
comment on function app.system_reason() is 'Why a background transaction runs; without a reason it sees nothing.';
