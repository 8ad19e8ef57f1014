create or replace function app.touch_version() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  return new;
end
$$;
comment on function app.touch_version() is 'Counts the version that ETag and If-Match use, of rows that do not tell when they changed.';
