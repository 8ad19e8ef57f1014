create or replace function app.writable_validation(p_id uuid)
returns setof public.validation_results
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not app.may_report('validations:write') then
    raise exception 'permission validations:write is needed' using errcode = '42501';
  end if;
  return query
    select r.*
    from public.validation_results r
    where r.id = p_id
      and (app.is_admin() or r.team_id = any(app.reporting_team_ids()))
      -- An ingest key changes nothing of before: what it records gets its findings in the same transaction.
      and (app.ingest_project() is null or r.created_at = now())
    for update;
end
$$;
comment on function app.writable_validation(uuid) is 'The result, locked, if this session may write it. For the functions below alone.';
