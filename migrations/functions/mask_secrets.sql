create or replace function app.mask_secrets(p_row jsonb, p_secret text[]) returns jsonb
language sql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
  select p_row || coalesce(jsonb_object_agg(s.name, '[secret]'), '{}')
  from unnest(p_secret) s (name)
  where p_row -> s.name <> 'null';
end;
comment on function app.mask_secrets(jsonb, text[]) is 'The row with a marker in the place of each secret that it holds.';
