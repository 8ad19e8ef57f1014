create or replace function app.find_oauth_record(p_kind text, p_hash bytea, p_by_lookup boolean)
returns table (id_hash bytea, payload bytea, consumed_at timestamptz, settled_for interval)
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  -- The two are never mixed: whoever knows the code that is typed must not get the tokens of the device.
  select r.id_hash, r.payload, r.consumed_at, clock_timestamp() - r.settled_at
  from public.oauth_records r
  where r.kind = p_kind
    and r.id_hash = p_hash
    and not p_by_lookup
  union all
  select r.id_hash, r.payload, r.consumed_at, clock_timestamp() - r.settled_at
  from public.oauth_records r
  where r.kind = p_kind
    and r.lookup_hash = p_hash
    and p_by_lookup;
end;
comment on function app.find_oauth_record(text, bytea, boolean) is 'A record of OAuth by the hash of its secret, or by that of the code that is typed.';
