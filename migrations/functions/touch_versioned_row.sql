create or replace function app.touch_versioned_row() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  new.updated_at := now();
  return new;
end
$$;
comment on function app.touch_versioned_row() is 'Counts the version that ETag and If-Match use, and keeps updated_at current.';
