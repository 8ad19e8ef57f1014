create or replace function app.bare_record(p_row jsonb) returns jsonb
language sql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
  select jsonb_object_agg(e.key, e.value)
  from jsonb_each(p_row) e
  where e.key = any(array[
    'id', 'user_id', 'team_id', 'owner_id', 'task_id', 'parent_task_id', 'child_task_id', 'role_id', 'created_by', 'is_personal',
    'is_active', 'created_at', 'updated_at', 'expires_at', 'revoked_at', 'deleted_at']);
end;
comment on function app.bare_record(jsonb) is 'What remains of a recorded row of a person: identifiers and times.';
