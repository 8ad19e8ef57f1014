create or replace function app.write_findings(p_id uuid, p_findings jsonb, p_first integer)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  r public.validation_results;
  b public.validation_results;
begin
  select w.* into r from app.writable_validation(p_id) w;
  if r.id is null then
    return;
  end if;
  select w.* into b from app.finding_baseline(r) w;
  if p_first = 0 then
    delete from public.validation_findings f
    where f.team_id = r.team_id
      and f.validation_result_id = r.id
      and f.attempt = r.attempt;
  end if;
  insert into public.validation_findings (
    team_id, validation_result_id, attempt, position, rule, file, start_line, start_column, end_line, end_column,
    severity, message, fingerprint, state, suppressed, details
  )
  select
    r.team_id, r.id, r.attempt, p_first + g.place - 1, g.f ->> 'rule', g.f ->> 'file',
    (g.f ->> 'startLine')::integer, (g.f ->> 'startColumn')::integer,
    (g.f ->> 'endLine')::integer, (g.f ->> 'endColumn')::integer,
    g.f ->> 'severity', g.f ->> 'message', g.f ->> 'fingerprint',
    case
      when (g.f ->> 'absent')::boolean then 'fixed'
      when known.fingerprint is not null then 'existing'
      else 'new'
    end,
    coalesce((g.f ->> 'suppressed')::boolean, false), coalesce(g.f -> 'details', '{}')
  from jsonb_array_elements(p_findings) with ordinality g (f, place)
  left join (
    select distinct k.fingerprint
    from public.validation_findings k
    where k.team_id = b.team_id
      and k.validation_result_id = b.id
      and k.attempt = b.attempt
      and k.state <> 'fixed'
  ) known on known.fingerprint = g.f ->> 'fingerprint';
end
$$;
comment on function app.write_findings(uuid, jsonb, integer) is
  'Adds findings to the current attempt; the first batch (p_first 0) takes the place of what it had.';
