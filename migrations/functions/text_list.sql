create or replace function app.text_list(list jsonb) returns text[] language sql immutable strict parallel safe
  return array(select jsonb_array_elements_text(list));
comment on function app.text_list(jsonb) is 'A JSON array of strings as text[].';
