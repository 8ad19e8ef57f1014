-- Read from the table when a statement asks, which few do, rather than computed with every session. In PL/pgSQL, which looks
-- names up when it runs: users.owner_id comes with a later migration.
create or replace function app.default_team_id()
returns uuid
language plpgsql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select coalesce(
      u.default_team_id,
      (
        select t.id
        from public.teams t
        where t.owner_id = coalesce(u.owner_id, u.id)
          and t.is_personal
      ))
    from public.users u
    where u.id = app.current_user_id()
  );
end
$$;
comment on function app.default_team_id() is
  'The team that is meant when none is named: the one that the user chose, else the personal one; for a service account, that of its owner.';
