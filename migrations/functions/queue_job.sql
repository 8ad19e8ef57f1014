create or replace function app.queue_job(p_task text, p_sealed text)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_task not in ('send-mail', 'reset-password') then
    raise exception 'no caller may queue %', p_task using errcode = '42501';
  end if;
  -- Nine attempts in about five hours; then the job stays as failed.
  perform graphile_worker.add_job(p_task, json_build_object('sealed', p_sealed), max_attempts => 9);
end
$$;
comment on function app.queue_job(text, text) is
  'Queues mail in the transaction of its cause. The payload is sealed: neither a reader of the database nor a backup learns an address or a token, and the worker refuses one that the service did not seal.';
