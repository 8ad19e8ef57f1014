create or replace function app.without_person(p_text text, p_pattern text) returns text
language sql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
  select case when p_pattern is null then p_text else regexp_replace(p_text, p_pattern, 'deleted-user', 'gi') end;
end;
comment on function app.without_person(text, text) is 'The text without the words that app.person_pattern finds.';

create or replace function app.without_person(p_value jsonb, p_pattern text, p_names text[]) returns jsonb
language plpgsql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  case jsonb_typeof(p_value)
    when 'string' then
      return to_jsonb(app.without_person(p_value #>> '{}', p_pattern));
    when 'array' then
      return coalesce(
        (
          select jsonb_agg(app.without_person(e.value, p_pattern, p_names) order by e.place)
          from jsonb_array_elements(p_value) with ordinality e (value, place)
        ),
        '[]');
    when 'object' then
      return coalesce(
        (
          select jsonb_object_agg(
            app.without_person(e.key, p_pattern),
            case
              -- A name alone may be any word; under these keys it is the person.
              when e.key ~* '^(assigned_?to|resolved_?by|user_?name|author|owner|assignee|reviewer)$'
                and lower(e.value #>> '{}') = any(p_names)
              then '"deleted-user"'
              else app.without_person(e.value, p_pattern, p_names)
            end)
          from jsonb_each(p_value) e
        ),
        '{}');
    else
      return p_value;
  end case;
end
$$;
comment on function app.without_person(jsonb, text, text[]) is
  'The value without the words that app.person_pattern finds in its texts and keys, and without the names where a key says that it names a person.';
