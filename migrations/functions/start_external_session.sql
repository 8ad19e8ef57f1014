create or replace function app.start_external_session(
  p_issuer text, p_subject text, p_email text, p_name text, p_creates boolean, p_token_hash bytea, p_expires_at timestamptz,
  p_user_agent text)
returns table (
  outcome text, user_id uuid, credential_id uuid, role_name text, permissions jsonb, scopes jsonb, expires_at timestamptz)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_user uuid;
  v_identity uuid;
begin
  select i.id, i.user_id
  into v_identity, v_user
  from public.user_identities i
  where i.issuer = p_issuer
    and i.subject = p_subject;
  if not found then
    -- A page that still sends the token of an ended session must not link an identity again that an administrator removed.
    -- This comes after the question above: between the two, the removal may have been committed.
    perform from public.sessions s where s.token_hash = p_token_hash and s.revoked_at is not null;
    if found then
      return;
    end if;
    select u.id into v_user from public.users u where lower(u.email) = lower(p_email);
    if not found and p_creates and p_email is not null then
      insert into public.users (username, email, name, email_verified, role_id)
      select left(p_email, 100), p_email, left(coalesce(nullif(p_name, ''), split_part(p_email, '@', 1)), 100), true, r.id
      from public.user_roles r
      where r.role_name = 'developer'
      on conflict do nothing;
      -- Two first requests create the user once: the second one waited, and finds it here.
      select u.id into v_user from public.users u where lower(u.email) = lower(p_email);
    end if;
    if v_user is null then
      outcome := 'unknown';
      return next;
      return;
    end if;
    -- The issuer proves the address; somebody else may have made the account for it.
    perform app.void_unproven_account(v_user);
    insert into public.user_identities (user_id, issuer, subject, email)
    values (v_user, p_issuer, p_subject, p_email)
    on conflict do nothing;
    -- The address belongs to somebody whom this issuer knew as another subject: perhaps a former colleague's address that was
    -- given to a new one. Only an administrator can say that it is the same person (ASVS 6.8.1).
    select i.id
    into v_identity
    from public.user_identities i
    where i.issuer = p_issuer
      and i.subject = p_subject
      and i.user_id = v_user;
    if not found then
      outcome := 'other subject';
      return next;
      return;
    end if;
  end if;
  insert into public.sessions (user_id, identity_id, token_hash, user_agent, expires_at)
  select u.id, v_identity, p_token_hash, p_user_agent, p_expires_at
  from public.users u
  where u.id = v_user
    and u.is_active
    and not exists (select from public.sessions s where s.token_hash = p_token_hash)
  on conflict do nothing;
  return query
    select 'found', u.id, s.id, r.role_name::text, r.permissions, s.scopes, s.expires_at
    from public.sessions s
    join public.users u on u.id = s.user_id and u.is_active
    join public.user_roles r on r.id = u.role_id and r.is_active
    where s.token_hash = p_token_hash
      and s.user_id = v_user
      and s.revoked_at is null
      and s.expires_at > now();
end
$$;
comment on function app.start_external_session(text, text, text, text, boolean, bytea, timestamptz, text) is
  'The session of a token that another issuer has signed and the service has verified, made with its first use. Outcome "unknown": no user has this identity or address; "other subject": the issuer knows the user of this address as somebody else. No row: the user is disabled, or the session has been ended.';
