create or replace function app.project_option(p_settings jsonb, p_name text) returns boolean language sql immutable parallel safe
  return coalesce(p_settings -> p_name = 'true'::jsonb, false);
comment on function app.project_option(jsonb, text) is 'Whether a project has switched an option on; off is the default of all of them.';
