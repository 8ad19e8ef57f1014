create or replace function app.is_narrowed() returns boolean language sql stable parallel safe
  return coalesce(pg_catalog.current_setting('app.is_narrowed', true) <> 'off', true);
comment on function app.is_narrowed() is 'Whether the credential carries scopes. A narrowed credential cannot make another credential.';
