-- The one place of this rule: every statement of a session asks it, so the service asks it too (auth.queries.ts).
create or replace function app.narrow(permissions text[], scopes text[]) returns text[] language sql immutable parallel safe
  return case
    when scopes is null or '*' = any(scopes) then permissions
    when '*' = any(permissions) then scopes
    else array(select p.permission from unnest(permissions) p (permission) where p.permission = any(scopes))
  end;
comment on function app.narrow(text[], text[]) is 'Scopes take away and never add.';
