create or replace function app.note_sponsor() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  select u.owner_id into new.sponsor_id from public.users u where u.id = new.user_id;
  return new;
end
$$;
comment on function app.note_sponsor() is
  'A service account is a member in the place of its owner, and as long as the owner is one.';
