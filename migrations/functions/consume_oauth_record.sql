create or replace function app.consume_oauth_record(p_kind text, p_id_hash bytea)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update public.oauth_records
  set consumed_at = now()
  where kind = p_kind
    and id_hash = p_id_hash
    and consumed_at is null
    and expires_at > now();
  return found;
end
$$;
comment on function app.consume_oauth_record(text, bytea) is 'Exchanges a code or a refresh token, once. False: another request has.';
