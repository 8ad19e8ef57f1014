create or replace function app.writable_validation(p_id uuid)
returns setof public.validation_results
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if not app.has_permission('validations:write') then
    raise exception 'permission validations:write is needed' using errcode = '42501';
  end if;
  return query
    select r.*
    from public.validation_results r
    where r.id = p_id
      and (app.is_admin() or r.team_id = any(app.current_team_ids()))
    for update;
end
$$;
comment on function app.writable_validation(uuid) is 'The result, locked, if this session may write it. For the functions below alone.';
