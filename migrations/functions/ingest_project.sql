create or replace function app.ingest_project() returns text language sql stable parallel safe
  return nullif(pg_catalog.current_setting('app.ingest_project', true), '');
comment on function app.ingest_project() is
  'The project that the session of an ingest key may report to; null for the session of a user.';
