-- 037: accounts that people make and keep themselves: sign-up, verified addresses, forgotten passwords, browser sessions.
set lock_timeout = '5s';
set role tm_owner;

alter table public.users
  add column language varchar(10) not null default 'en' constraint users_language_check check (language in ('en', 'fa')),
  add column time_zone varchar(64) not null default 'UTC',
  add column is_self_registered boolean not null default false;
comment on column public.users.language is 'The language of mail to the user.';
comment on column public.users.is_self_registered is 'Whether a stranger made the account (sign-up). Nothing shows that the address is theirs until it is verified.';
comment on column public.users.time_zone is 'IANA name. Times that are local to the user are in it.';
grant select (language, time_zone) on public.users to tm_app_rw, tm_app_ro, tm_analytics, tm_admin;
grant update (language, time_zone) on public.users to tm_app_rw;

\ir functions/forget_verification.sql
create trigger users_verification before update of email on public.users
  for each row when (lower(old.email) <> lower(new.email)) execute function app.forget_verification();

create table public.mail_tokens (
  id uuid constraint mail_tokens_pkey primary key default app.new_id(),
  user_id uuid not null constraint mail_tokens_user_id_fkey references public.users (id) on delete cascade,
  purpose varchar(20) not null
    constraint mail_tokens_purpose_check check (purpose in ('verify_email', 'reset_password')),
  token_hash bytea not null
    constraint mail_tokens_token_hash_key unique
    constraint mail_tokens_token_hash_check check (length(token_hash) = 32),
  email varchar(255) not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint mail_tokens_user_id_purpose_key unique (user_id, purpose)
);
comment on table public.mail_tokens is
  'Tokens that went to a mailbox: SHA-256 of 256 random bits. A newer one replaces the older one of its purpose, and use deletes it.';
comment on column public.mail_tokens.email is 'Where it went. It proves nothing about another address.';
create index mail_tokens_expires_at_idx on public.mail_tokens (expires_at);
create trigger mail_tokens_touch before update on public.mail_tokens for each row execute function app.touch_row();

alter table public.mail_tokens enable row level security;
alter table public.mail_tokens force row level security;
create policy mail_tokens_auth_select_policy on public.mail_tokens for select to tm_auth using (true);
create policy mail_tokens_auth_insert_policy on public.mail_tokens for insert to tm_auth with check (true);
create policy mail_tokens_auth_update_policy on public.mail_tokens for update to tm_auth using (true) with check (true);
create policy mail_tokens_auth_delete_policy on public.mail_tokens for delete to tm_auth using (true);
create policy mail_tokens_background_select_policy on public.mail_tokens for select to tm_background
  using ((select app.system_reason()) is not null);
create policy mail_tokens_background_delete_policy on public.mail_tokens for delete to tm_background
  using ((select app.system_reason()) is not null);
grant select, insert, update, delete on public.mail_tokens to tm_auth;
grant select (id, expires_at), delete on public.mail_tokens to tm_background;
select app.audit_table('public.mail_tokens', '{token_hash}');

-- The functions that cause mail queue it in their own transaction.
grant usage on schema graphile_worker to tm_auth;
grant execute on function
  graphile_worker.add_job(text, json, text, timestamptz, integer, text, integer, text[], text),
  graphile_worker.add_jobs(graphile_worker.job_spec[], boolean)
  to tm_auth;
grant select, insert, update on graphile_worker._private_jobs to tm_auth;
grant select, insert on graphile_worker._private_tasks, graphile_worker._private_job_queues to tm_auth;
grant usage on all sequences in schema graphile_worker to tm_auth;
do $$
declare
  v_table text;
begin
  foreach v_table in array array['_private_jobs', '_private_tasks', '_private_job_queues']
  loop
    execute format('create policy %I on graphile_worker.%I for select to tm_auth using (true)',
      v_table || '_auth_select_policy', v_table);
    execute format('create policy %I on graphile_worker.%I for insert to tm_auth with check (true)',
      v_table || '_auth_insert_policy', v_table);
  end loop;
end
$$;
create policy _private_jobs_auth_update_policy on graphile_worker._private_jobs for update to tm_auth
  using (true) with check (true);

\ir functions/queue_job.sql
\ir functions/create_account.sql
\ir functions/sign_up.sql
\ir functions/find_mail_token.sql
\ir functions/verify_email.sql
\ir functions/request_verification.sql
\ir functions/start_password_reset.sql
\ir functions/reset_password.sql
\ir functions/find_session_by_token.sql
\ir functions/start_browser_session.sql
\ir functions/end_browser_session.sql

grant execute on function app.queue_job(text, text) to tm_app_rw, tm_admin, tm_background;
grant execute on function
  app.sign_up(text, text, text, text, bytea, text), app.find_mail_token(text, bytea), app.verify_email(bytea),
  app.reset_password(bytea, text, text), app.start_browser_session(uuid, bytea, inet, text), app.end_browser_session(bytea)
  to tm_app_rw;
grant execute on function app.find_session_by_token(bytea) to tm_app_rw, tm_app_ro;
grant execute on function app.request_verification(bytea, text) to tm_app_rw, tm_admin;
grant execute on function app.start_password_reset(text, bytea) to tm_background;
grant execute on function app.create_account(text, text, text, text, uuid) to tm_auth;
alter function app.queue_job(text, text) owner to tm_auth;
alter function app.sign_up(text, text, text, text, bytea, text) owner to tm_auth;
alter function app.find_mail_token(text, bytea) owner to tm_auth;
alter function app.verify_email(bytea) owner to tm_auth;
alter function app.request_verification(bytea, text) owner to tm_auth;
alter function app.start_password_reset(text, bytea) owner to tm_auth;
alter function app.reset_password(bytea, text, text) owner to tm_auth;
alter function app.find_session_by_token(bytea) owner to tm_auth;
alter function app.start_browser_session(uuid, bytea, inet, text) owner to tm_auth;
alter function app.end_browser_session(bytea) owner to tm_auth;

insert into public.migrations ("timestamp", name)
select 1800000000037, 'Accounts1800000000037'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Accounts1800000000037');

reset role;
