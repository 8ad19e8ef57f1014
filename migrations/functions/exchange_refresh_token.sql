create or replace function app.exchange_refresh_token(p_refresh_hash bytea, p_family_hash bytea, p_new_hash bytea)
returns table (session_id uuid, user_id uuid)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_session uuid;
  v_is_current boolean;
begin
  select s.id, s.refresh_hash = p_refresh_hash
  into v_session, v_is_current
  from public.sessions s
  where (s.refresh_hash = p_refresh_hash or s.previous_refresh_hash = p_refresh_hash or s.family_hash = p_family_hash)
    and s.revoked_at is null
    and s.expires_at > now();
  if v_is_current then
    -- A second request with this token waits here for the first one and then finds no row. It began before the first one had
    -- committed, as when two windows of a browser refresh at once, so it loses without ending the session.
    return query
      update public.sessions s
      set refresh_hash = p_new_hash,
          previous_refresh_hash = p_refresh_hash,
          family_hash = p_family_hash,
          -- Seven days for each token, and thirty for the login, after which the password is asked for again.
          expires_at = least(now() + interval '7 days', s.created_at + interval '30 days')
      from public.users u
      where s.id = v_session
        and s.refresh_hash = p_refresh_hash
        and s.revoked_at is null
        and u.id = s.user_id
        and u.is_active
      returning s.id, s.user_id;
  else
    -- An earlier token of the session. Its owner has the next one, so somebody else has this one too.
    update public.sessions s
    set revoked_at = now()
    where s.id = v_session
      and s.revoked_at is null;
  end if;
end
$$;
comment on function app.exchange_refresh_token(bytea, bytea, bytea) is
  'Exchanges the current refresh token of a session for the next one. An earlier token of the same session ends it. No row: the token is not valid, or another request has exchanged it at the same moment.';
