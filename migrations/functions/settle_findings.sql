create or replace function app.settle_findings(p_id uuid, p_reported boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  r public.validation_results;
  b public.validation_results;
  v_counts jsonb;
begin
  select w.* into r from app.writable_validation(p_id) w;
  -- Who reports no findings does not say that there are none.
  if r.id is null or not p_reported and r.finding_counts is null then
    return null;
  end if;
  delete from public.validation_findings f
  where f.team_id = r.team_id
    and f.validation_result_id = r.id
    and f.attempt = r.attempt
    and f.carried;
  if r.validation_status in ('passed', 'failed', 'warning') then
    select w.* into b from app.finding_baseline(r) w;
    insert into public.validation_findings (
      team_id, validation_result_id, attempt, position, rule, file, start_line, start_column, end_line, end_column,
      severity, message, fingerprint, state, suppressed, carried, details
    )
    select
      r.team_id, r.id, r.attempt, 1000000000 + row_number() over (order by k.position, k.id), k.rule, k.file, k.start_line,
      k.start_column, k.end_line, k.end_column, k.severity, k.message, k.fingerprint, 'fixed', k.suppressed, true, k.details
    from public.validation_findings k
    where k.team_id = b.team_id
      and k.validation_result_id = b.id
      and k.attempt = b.attempt
      and k.state <> 'fixed'
      and k.fingerprint not in (
        select f.fingerprint
        from public.validation_findings f
        where f.team_id = r.team_id
          and f.validation_result_id = r.id
          and f.attempt = r.attempt
      );
  end if;
  select jsonb_build_object(
    'new', count(*) filter (where f.state = 'new'),
    'existing', count(*) filter (where f.state = 'existing'),
    'fixed', count(*) filter (where f.state = 'fixed'),
    'error', count(*) filter (where f.state <> 'fixed' and not f.suppressed and f.severity = 'error'),
    'warning', count(*) filter (where f.state <> 'fixed' and not f.suppressed and f.severity = 'warning'),
    'note', count(*) filter (where f.state <> 'fixed' and not f.suppressed and f.severity = 'note'),
    'none', count(*) filter (where f.state <> 'fixed' and not f.suppressed and f.severity = 'none'),
    'suppressed', count(*) filter (where f.state <> 'fixed' and f.suppressed)
  )
  into v_counts
  from public.validation_findings f
  where f.team_id = r.team_id
    and f.validation_result_id = r.id
    and f.attempt = r.attempt;
  update public.validation_results u
  set finding_counts = v_counts
  where u.team_id = r.team_id
    and u.id = r.id
    and u.finding_counts is distinct from v_counts;
  return v_counts;
end
$$;
comment on function app.settle_findings(uuid, boolean) is
  'Once all findings are there: reports those of the result before that are gone, and counts. Answers the counts.';
