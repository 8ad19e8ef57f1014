create or replace function app.event_type_matches(p_filter jsonb, p_type text) returns boolean
language sql
immutable
parallel safe
return p_filter ? '*' or p_filter ? p_type or p_filter ? (split_part(p_type, '.', 1) || '.*');
comment on function app.event_type_matches(jsonb, text) is 'Whether a list of types such as task.created or task.* names this one.';
