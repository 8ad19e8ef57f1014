create or replace function app.erase_trail(
  p_user uuid, p_teams uuid[], p_gone uuid[], p_records uuid[], p_is_verified boolean, p_words text[])
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_mail text := app.person_pattern(p_words[1:1]);
  v_all text := app.person_pattern(p_words);
  v_needles text[] := array(
    select '%' || replace(replace(replace(w, '\', '\\'), '%', '\%'), '_', '\_') || '%'
    from unnest(p_words || array(select trim(both '"' from to_json(w)::text) from unnest(p_words) w)) w
    where length(w) > 2);
  v_names text[] := array(select lower(w) from unnest(p_words) w);
  v_accounts text[] := array(select c.table_name from app.personal_columns() c where c.kind = 'account');
begin
  update public.audit_logs a
  set old_values = app.bare_record(a.old_values),
      new_values = app.bare_record(a.new_values),
      record_key = app.bare_record(a.record_key)
  where a.team_id = any(p_gone)
    or a.table_name = any(v_accounts)
      and p_user::text in (a.record_id::text, coalesce(a.new_values, a.old_values) ->> 'user_id');

  update public.audit_logs a
  set ip_address = null,
      user_agent = null,
      session_id = null
  where a.user_id = p_user;

  update public.audit_logs a
  set old_values = app.without_person(a.old_values, w.pattern, w.names),
      new_values = app.without_person(a.new_values, w.pattern, w.names),
      record_key = app.without_person(a.record_key, w.pattern, w.names)
  from (values (true, v_all, v_names), (false, v_mail, v_names)) w (is_own, pattern, names)
  where concat_ws(chr(10), a.old_values, a.new_values, a.record_key) ilike any(v_needles)
    and w.is_own = coalesce(
      a.record_id = any(p_records)
      or p_user::text in (
        a.user_id::text, a.new_values ->> 'created_by', a.new_values ->> 'user_id', a.old_values ->> 'created_by',
        a.old_values ->> 'user_id'),
      false)
    and (w.is_own or p_is_verified or a.team_id is null or a.team_id = any(p_teams));

  -- The stream is made from the trail. Only the relay writes it otherwise, and erase_person holds its lock.
  update public.events e
  set body = (((e.body::jsonb - 'projectkey') || '{"data": {}}')::text),
      project_id = null,
      project_key = null
  where e.team_id = any(p_gone);

  update public.events e
  set body = app.without_person(e.body::jsonb, w.pattern, v_names)::text
  from (values (true, v_all), (false, v_mail)) w (is_own, pattern)
  where e.body ilike any(v_needles)
    and w.is_own = coalesce(
      e.record_id = any(p_records)
      or e.task_id = any(p_records)
      or p_user::text in (
        e.body::jsonb ->> 'actorid', e.body::jsonb -> 'data' ->> 'createdBy', e.body::jsonb -> 'data' ->> 'userId'),
      false)
    and (w.is_own or p_is_verified or e.team_id is null or e.team_id = any(p_teams));

  -- Answers that are kept for a repeated request, and what a mail server said of the address.
  update public.idempotency_keys k
  set body = app.without_person(k.body::jsonb, v_all, v_names)::text
  where k.body ilike any(v_needles);
  update graphile_worker._private_jobs j
  set last_error = app.without_person(j.last_error, v_all)
  where j.last_error ilike any(v_needles);
end
$$;
comment on function app.erase_trail(uuid, uuid[], uuid[], uuid[], boolean, text[]) is
  'Takes a person out of the audit trail, the stream of events, kept answers and the queue.';
