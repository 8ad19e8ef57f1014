create or replace function app.end_oauth_grant()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update public.sessions
  set revoked_at = now()
  where user_id = new.user_id
    and oauth_grant_id = new.id
    and revoked_at is null;
  delete from public.oauth_records where grant_id = new.id;
  return null;
end
$$;
comment on function app.end_oauth_grant() is 'The codes and tokens of a grant end with it.';
