create or replace function app.derived_event_id(p_id uuid, p_type text) returns uuid language sql immutable parallel safe
  return overlay(
    overlay(md5(uuid_send(p_id) || convert_to(p_type, 'UTF8')) placing '3' from 13)
    placing '8' from 17)::uuid;
comment on function app.derived_event_id(uuid, text) is
  'The id of a further event of the same row: UUID version 3 (RFC 9562), so that publishing again gives the same one.';
