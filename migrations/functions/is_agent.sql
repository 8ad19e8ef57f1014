create or replace function app.is_agent() returns boolean language sql stable parallel safe
  return coalesce(pg_catalog.current_setting('app.is_agent', true) = 'on', false);
comment on function app.is_agent() is 'Whether the user of the session is a service account. It manages no credentials: its owner does.';
