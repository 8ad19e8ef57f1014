create or replace function app.current_team_ids() returns uuid[] language sql stable parallel safe
  return nullif(pg_catalog.current_setting('app.team_ids', true), '')::uuid[];
comment on function app.current_team_ids() is 'The teams whose rows this transaction may see. Null (no rows) without a session.';
