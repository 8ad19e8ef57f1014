create or replace function app.touch_row() returns trigger language plpgsql as $$
begin
  new.updated_at := now();
  return new;
end
$$;
comment on function app.touch_row() is 'Keeps updated_at current.';
