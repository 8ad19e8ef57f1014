create or replace function app.event_verb(p_operation text) returns text language sql immutable parallel safe
  return case p_operation when 'INSERT' then 'created' when 'UPDATE' then 'updated' else 'deleted' end;
