create or replace function app.expire_error_ignores() returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count integer;
begin
  if app.system_reason() is null then
    raise exception 'permission denied for errors' using errcode = '42501';
  end if;
  perform set_config('app.error_cause', 'ignore_expired', true), set_config('app.error_release', '', true);
  update public.error_logs l
  set resolution_status = 'unresolved',
      ignored_until = null,
      ignored_until_count = null,
      ignored_until_users = null
  where l.ignored_until <= now()
    and l.resolution_status = 'ignored';
  get diagnostics v_count = row_count;
  perform set_config('app.error_cause', '', true);
  return v_count;
end
$$;
comment on function app.expire_error_ignores() is 'Ends ignoring where its time is over; occurrences end it by count and users themselves.';
