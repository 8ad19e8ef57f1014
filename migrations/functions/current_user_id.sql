create or replace function app.current_user_id() returns uuid language sql stable parallel safe
  return nullif(pg_catalog.current_setting('app.user_id', true), '')::uuid;
comment on function app.current_user_id() is 'The user of this transaction, or null.';
