create or replace function app.prune_errors(p_resolved_days integer, p_unresolved_days integer, p_limit integer) returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_resolved timestamptz := now() - make_interval(days => p_resolved_days);
  v_unresolved timestamptz := now() - make_interval(days => p_unresolved_days);
  v_removed integer;
begin
  if app.system_reason() is null then
    raise exception 'permission denied for errors' using errcode = '42501';
  end if;
  delete from public.error_occurrences o
  using (
    select p.id
    from public.error_occurrences p
    join public.error_logs l on l.team_id = p.team_id and l.id = p.error_id
    where p.occurred_at < greatest(v_resolved, v_unresolved)
      and p.occurred_at < case when l.resolution_status in ('resolved', 'wont_fix') then v_resolved else v_unresolved end
    order by p.occurred_at
    limit p_limit
  ) past
  where o.id = past.id;
  get diagnostics v_removed = row_count;

  -- The group stays, with its counts; whom and where it met goes.
  with past as (
    select l.id, l.team_id
    from public.error_logs l
    where l.last_occurred_at < case when l.resolution_status in ('resolved', 'wont_fix') then v_resolved else v_unresolved end
      and (l.user_id is not null or l.session_id is not null or l.ip_address is not null or l.user_agent is not null
        or l.context_data <> '{}' or l.users_affected > 0 and exists (
          select from public.error_users u where u.team_id = l.team_id and u.error_id = l.id))
    limit p_limit
  ),
  forgotten as (
    delete from public.error_users u
    using past
    where u.team_id = past.team_id
      and u.error_id = past.id
  )
  update public.error_logs l
  set user_id = null,
      session_id = null,
      ip_address = null,
      user_agent = null,
      context_data = '{}'
  from past
  where l.id = past.id;
  return v_removed;
end
$$;
comment on function app.prune_errors(integer, integer, integer) is
  'Removes occurrences past their time, at most so many, and what errors past theirs hold of people; how many occurrences were removed.';
