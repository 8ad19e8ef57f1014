create or replace function app.is_admin() returns boolean language sql stable parallel safe
  return coalesce(pg_catalog.current_setting('app.is_admin', true) = 'on', false);
comment on function app.is_admin() is 'Whether the user''s role is admin, whatever the scopes of the credential.';
