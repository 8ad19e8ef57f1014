create or replace function app.event_types_of_error_change(p_changed text[], p_new jsonb) returns text[]
language plpgsql immutable parallel safe as $$
declare
  v_types text[] := '{}';
begin
  if not p_changed <@ array[
      'resolution_status', 'resolution_notes', 'resolved_at', 'resolved_by', 'resolved_in_version',
      'resolved_in_next_release', 'ignored_until', 'ignored_until_count', 'ignored_until_users', 'merged_into'] then
    v_types := v_types || 'error.updated'::text;
  end if;
  if 'resolution_status' = any(p_changed) then
    v_types := v_types || case p_new ->> 'resolution_status'
      when 'resolved' then '{error.resolved}'::text[]
      when 'ignored' then '{error.ignored}'
      when 'wont_fix' then '{error.ignored}'
      when 'regressed' then '{error.regressed}'
      when 'unresolved' then '{error.reopened}'
      else '{}'
    end;
  end if;
  if 'merged_into' = any(p_changed) and p_new -> 'merged_into' <> 'null' then
    v_types := v_types || 'error.merged'::text;
  end if;
  return case when v_types = '{}' then '{error.updated}' else v_types end;
end
$$;
