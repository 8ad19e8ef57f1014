create or replace function app.has_permission(required text) returns boolean language sql stable parallel safe
  return coalesce(
    nullif(pg_catalog.current_setting('app.permissions', true), '')::text[] && array[required, '*'],
    false);
comment on function app.has_permission(text) is 'Whether the role of the user, narrowed by the scopes of the credential, allows it.';
