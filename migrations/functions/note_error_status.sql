create or replace function app.note_error_status() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_cause constant text := coalesce(nullif(current_setting('app.error_cause', true), ''), 'user');
begin
  insert into public.error_resolutions (team_id, error_id, changed_by, from_status, to_status, cause, notes, service_version)
  values (
    new.team_id,
    new.id,
    case when v_cause = 'user' then app.current_user_id() end,
    old.resolution_status,
    new.resolution_status,
    v_cause,
    case when v_cause = 'user' then new.resolution_notes end,
    case
      when v_cause = 'user' then new.resolved_in_version
      else nullif(current_setting('app.error_release', true), '')
    end);
  return null;
end
$$;
comment on function app.note_error_status() is 'Writes the history of an error''s status, whichever path changed it.';
