create or replace function app.merge_patch(target jsonb, patch jsonb) returns jsonb
language plpgsql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  member record;
  result jsonb := case when jsonb_typeof(target) = 'object' then target else '{}'::jsonb end;
begin
  if jsonb_typeof(patch) <> 'object' then
    return patch;
  end if;
  for member in select key, value from jsonb_each(patch)
  loop
    if jsonb_typeof(member.value) = 'null' then
      result := result - member.key;
    else
      result := jsonb_set(result, array[member.key], app.merge_patch(result -> member.key, member.value));
    end if;
  end loop;
  return result;
end
$$;
comment on function app.merge_patch(jsonb, jsonb) is 'JSON merge patch (RFC 7396): members are merged, null removes one.';
