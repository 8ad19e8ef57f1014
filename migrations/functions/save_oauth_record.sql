create or replace function app.save_oauth_record(
  p_kind text, p_id_hash bytea, p_lookup_hash bytea, p_grant uuid, p_payload bytea, p_expires timestamptz, p_claims boolean)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_grant is not null then
    -- The lock makes a revocation wait, so that it finds and ends the token which is being issued.
    perform
    from public.oauth_grants g
    join public.users u on u.id = g.user_id and u.is_active
    where g.id = p_grant
      and g.revoked_at is null
      and g.expires_at > now()
    for share of g;
    if not found then
      return false;
    end if;
  end if;
  insert into public.oauth_records as r (kind, id_hash, lookup_hash, grant_id, payload, expires_at)
  values (p_kind, p_id_hash, p_lookup_hash, p_grant, p_payload, p_expires)
  on conflict (kind, id_hash) do update
  set payload = excluded.payload,
      grant_id = excluded.grant_id,
      expires_at = excluded.expires_at,
      claimed_at = case when p_claims then now() else r.claimed_at end
  -- Of two people who confirm the code of one device, the first one decides.
  where r.consumed_at is null
    and (r.grant_id is null or r.grant_id = excluded.grant_id)
    and not (p_claims and r.claimed_at is not null);
  return found;
end
$$;
comment on function app.save_oauth_record(text, bytea, bytea, uuid, bytea, timestamptz, boolean) is
  'Stores a record of OAuth. False: its grant has ended, or somebody else has decided about it already.';
