create or replace function app.touch_comment() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  new.updated_at := now();
  new.edited := old.edited or new.content <> old.content;
  return new;
end
$$;
comment on function app.touch_comment() is 'Version, updated_at and the mark of a comment that was changed.';
