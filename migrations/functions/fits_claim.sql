create or replace function app.fits_claim(p_type text, p_tags jsonb, p_priority integer, p_assignee_id uuid, p_filter jsonb)
returns boolean language sql immutable parallel safe
  return (p_filter -> 'type' is null or p_type = p_filter ->> 'type')
    and (p_filter -> 'tags' is null or p_tags @> (p_filter -> 'tags'))
    and (p_filter -> 'priorityMin' is null or p_priority >= (p_filter ->> 'priorityMin')::integer)
    and (p_filter -> 'priorityMax' is null or p_priority <= (p_filter ->> 'priorityMax')::integer)
    and (p_filter -> 'assigneeId' is null or p_assignee_id is not distinct from (p_filter ->> 'assigneeId')::uuid);
comment on function app.fits_claim(text, jsonb, integer, uuid, jsonb) is
  'Whether a task is of the kind that is asked for: type, tags, priorityMin, priorityMax, assigneeId (null: nobody).';
