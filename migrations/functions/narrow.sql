create or replace function app.narrow(permissions text[], scopes text[]) returns text[] language sql immutable parallel safe
  return case
    when scopes is null or '*' = any(scopes) then permissions
    when '*' = any(permissions) then scopes
    else array(select unnest(permissions) intersect select unnest(scopes))
  end;
comment on function app.narrow(text[], text[]) is 'Scopes take away and never add.';
