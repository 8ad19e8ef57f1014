-- In PL/pgSQL, which looks names up when it runs: app.owned_user_ids comes with a later migration.
create or replace function app.visible_user_ids() returns uuid[] language plpgsql stable parallel safe as $$
begin
  return array(
    select m.user_id
    from public.team_members m
    where m.team_id = any((select app.current_team_ids())::uuid[])
    union
    select app.current_user_id()
    union
    select unnest(app.owned_user_ids())
  );
end
$$;
comment on function app.visible_user_ids() is 'The user, the members of the user''s teams, and the user''s service accounts.';
