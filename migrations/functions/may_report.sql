create or replace function app.may_report(required text) returns boolean language sql stable parallel safe
  return app.has_permission(required) or app.ingest_project() is not null;
comment on function app.may_report(text) is
  'The condition of the functions that an ingest key may call. No policy asks it, so such a key reads and changes nothing.';
