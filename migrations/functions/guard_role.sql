-- Rules that no policy can hold, because they look at what a row was before.
create or replace function app.guard_role() returns trigger language plpgsql as $$
begin
  if old.built_in_permissions is not null then
    if tg_op = 'DELETE' then
      raise exception 'a built-in role stays' using errcode = '23514', constraint = 'user_roles_built_in';
    elsif new.role_name <> old.role_name or not new.is_active or not new.permissions @> old.built_in_permissions then
      raise exception 'a built-in role keeps its name and permissions'
        using errcode = '23514', constraint = 'user_roles_built_in';
    end if;
  end if;
  -- Nobody could give the last administrator the right back.
  if tg_op = 'UPDATE'
    and old.permissions ? '*'
    and not (new.is_active and new.permissions ? '*')
    and exists (
      select
      from public.users u
      where u.id = app.current_user_id()
        and u.role_id = old.id
    )
  then
    raise exception 'an administrator keeps the own role' using errcode = '23514', constraint = 'user_roles_own';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end
$$;
comment on function app.guard_role() is
  'Built-in roles are neither deleted, renamed nor disabled, and lose no permission that they come with; no administrator disables the own role or takes * from it.';
