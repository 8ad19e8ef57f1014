-- The way back of 037. Tokens that went to mailboxes and sessions of browsers end.
set lock_timeout = '5s';
set role tm_owner;
drop function app.end_browser_session(bytea);
drop function app.start_browser_session(uuid, bytea, inet, text);
drop function app.find_session_by_token(bytea);
drop function app.reset_password(bytea, text, text);
drop function app.start_password_reset(text, bytea);
drop function app.request_verification(bytea, text);
drop function app.verify_email(bytea);
drop function app.find_mail_token(text, bytea);
drop function app.sign_up(text, text, text, text, bytea, text);
drop function app.create_account(text, text, text, text, uuid);
drop function app.queue_job(text, text);
drop policy _private_jobs_auth_update_policy on graphile_worker._private_jobs;
do $$
declare
  v_table text;
begin
  foreach v_table in array array['_private_jobs', '_private_tasks', '_private_job_queues']
  loop
    execute format('drop policy %I on graphile_worker.%I', v_table || '_auth_select_policy', v_table);
    execute format('drop policy %I on graphile_worker.%I', v_table || '_auth_insert_policy', v_table);
  end loop;
end
$$;
revoke all on graphile_worker._private_jobs, graphile_worker._private_tasks, graphile_worker._private_job_queues from tm_auth;
revoke all on all sequences in schema graphile_worker from tm_auth;
revoke execute on function
  graphile_worker.add_job(text, json, text, timestamptz, integer, text, integer, text[], text),
  graphile_worker.add_jobs(graphile_worker.job_spec[], boolean)
  from tm_auth;
revoke usage on schema graphile_worker from tm_auth;
drop table public.mail_tokens;
drop trigger users_verification on public.users;
drop function app.forget_verification();
alter table public.users
  drop column language,
  drop column is_self_registered,
  drop column time_zone;
delete from public.migrations
where name = 'Accounts1800000000037'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
