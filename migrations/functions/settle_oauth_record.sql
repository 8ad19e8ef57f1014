create or replace function app.settle_oauth_record(p_kind text, p_id_hash bytea)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  update public.oauth_records
  set settled_at = clock_timestamp()
  where kind = p_kind
    and id_hash = p_id_hash
    and settled_at is null;
end;
comment on function app.settle_oauth_record(text, bytea) is 'The tokens of an exchange are stored: from now on, a second use of the code or refresh token is a theft.';
