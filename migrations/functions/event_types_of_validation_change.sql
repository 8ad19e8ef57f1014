create or replace function app.event_types_of_validation_change(p_changed text[]) returns text[]
language plpgsql immutable parallel safe as $$
begin
  if not 'validation_status' = any(p_changed) then
    return '{validation.updated}';
  elsif p_changed <@ array['validation_status', 'started_at', 'completed_at', 'execution_time_ms'] then
    return '{validation.status_changed}';
  end if;
  return '{validation.updated,validation.status_changed}';
end
$$;
