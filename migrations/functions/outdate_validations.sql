create or replace function app.outdate_validations() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update public.validation_results r
  set recorded_at = null
  where r.team_id = old.team_id
    and r.task_id = old.task_id
    and r.validation_type = old.validation_type
    and r.recorded_at <= old.recorded_at;
  return null;
end
$$;
comment on function app.outdate_validations() is
  'Deleting a result does not bring back an older one, or let one of the same import stand for both.';
