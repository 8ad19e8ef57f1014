create or replace function app.rotate_session(p_refresh_hash bytea, p_new_hash bytea)
returns table (session_id uuid, user_id uuid, reused boolean)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
    update public.sessions s
    set refresh_hash = p_new_hash,
        previous_refresh_hash = p_refresh_hash
    from public.users u
    where s.refresh_hash = p_refresh_hash
      and s.revoked_at is null
      and s.expires_at > now()
      and u.id = s.user_id
      and u.is_active
    returning s.id, s.user_id, false;
  if not found then
    -- A refresh token is used once. Its second use means that somebody else has it: the whole session ends.
    return query
      update public.sessions s
      set revoked_at = now()
      where s.previous_refresh_hash = p_refresh_hash
        and s.revoked_at is null
      returning s.id, s.user_id, true;
  end if;
end
$$;
comment on function app.rotate_session(bytea, bytea) is 'Exchanges a refresh token for the next one; a second use revokes the session.';
