create or replace function app.reporting_team_ids() returns uuid[] language sql stable parallel safe
  return coalesce(nullif(pg_catalog.current_setting('app.ingest_team_ids', true), '')::uuid[], app.current_team_ids());
comment on function app.reporting_team_ids() is
  'The teams that this session may report to. Policies ask app.current_team_ids instead, which is empty for an ingest key.';
