create or replace function app.visible_user_ids() returns uuid[] language sql stable parallel safe
  return array(
    select m.user_id
    from public.team_members m
    where m.team_id = any((select app.current_team_ids())::uuid[])
    union
    select app.current_user_id()
  );
comment on function app.visible_user_ids() is 'The user and the members of the user''s teams.';
