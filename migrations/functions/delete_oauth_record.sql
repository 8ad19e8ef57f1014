create or replace function app.delete_oauth_record(p_kind text, p_id_hash bytea)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  delete from public.oauth_records
  where kind = p_kind
    and id_hash = p_id_hash;
end;
comment on function app.delete_oauth_record(text, bytea) is 'Forgets a record of OAuth.';
