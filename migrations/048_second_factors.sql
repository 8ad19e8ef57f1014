-- 048: a second factor of logins: codes of the clock (TOTP, RFC 6238), and recovery codes.
set lock_timeout = '5s';
set role tm_owner;

create table public.second_factors (
  user_id uuid constraint second_factors_pkey primary key
    constraint second_factors_user_id_fkey references public.users (id) on delete cascade,
  sealed_secret bytea not null,
  last_step bigint not null default 0,
  confirmed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.second_factors is 'Secrets that users share with their authenticator apps, sealed with a key that is not in the database.';
comment on column public.second_factors.last_step is 'The last half minute whose code was used.';
create trigger second_factors_touch before update on public.second_factors for each row execute function app.touch_row();

create table public.recovery_codes (
  user_id uuid not null constraint recovery_codes_user_id_fkey references public.second_factors (user_id) on delete cascade,
  code_hash bytea not null constraint recovery_codes_code_hash_check check (length(code_hash) = 32),
  created_at timestamptz not null default now(),
  constraint recovery_codes_pkey primary key (user_id, code_hash)
);
comment on table public.recovery_codes is 'Codes that replace the authenticator app once each: SHA-256 of 80 random bits. Use deletes them.';

do $$
declare
  v_table text;
begin
  foreach v_table in array array['second_factors', 'recovery_codes']
  loop
    execute format('alter table public.%I enable row level security', v_table);
    execute format('alter table public.%I force row level security', v_table);
    execute format('create policy %I on public.%I for select to tm_auth using (true)', v_table || '_auth_select_policy', v_table);
    execute format('create policy %I on public.%I for insert to tm_auth with check (true)', v_table || '_auth_insert_policy', v_table);
    execute format('create policy %I on public.%I for delete to tm_auth using (true)', v_table || '_auth_delete_policy', v_table);
    execute format('grant select, insert, delete on public.%I to tm_auth', v_table);
    -- For the copy that people get of their data (040).
    execute format('create policy %I on public.%I for select to tm_privacy using (true)', v_table || '_privacy_select_policy', v_table);
    execute format('grant select on public.%I to tm_privacy', v_table);
  end loop;
end
$$;
create policy second_factors_auth_update_policy on public.second_factors for update to tm_auth using (true) with check (true);
grant update on public.second_factors to tm_auth;
select app.audit_table('public.second_factors', '{sealed_secret}', '{last_step}');
select app.audit_table('public.recovery_codes', '{code_hash}');

\ir functions/find_second_factor.sql
\ir functions/use_second_factor.sql
\ir functions/start_second_factor.sql
\ir functions/find_new_second_factor.sql
\ir functions/confirm_second_factor.sql
\ir functions/replace_recovery_codes.sql
\ir functions/remove_second_factor.sql
\ir functions/has_second_factor.sql

grant execute on function app.find_second_factor(uuid), app.use_second_factor(uuid, bigint, bytea) to tm_app_rw;
grant execute on function
  app.start_second_factor(bytea), app.find_new_second_factor(), app.confirm_second_factor(bigint),
  app.replace_recovery_codes(bytea[]), app.remove_second_factor(uuid)
  to tm_app_rw, tm_admin;
grant execute on function app.has_second_factor() to tm_app_rw, tm_app_ro, tm_admin;
alter function app.find_second_factor(uuid) owner to tm_auth;
alter function app.use_second_factor(uuid, bigint, bytea) owner to tm_auth;
alter function app.start_second_factor(bytea) owner to tm_auth;
alter function app.find_new_second_factor() owner to tm_auth;
alter function app.confirm_second_factor(bigint) owner to tm_auth;
alter function app.replace_recovery_codes(bytea[]) owner to tm_auth;
alter function app.remove_second_factor(uuid) owner to tm_auth;
alter function app.has_second_factor() owner to tm_auth;

insert into public.migrations ("timestamp", name)
select 1800000000048, 'SecondFactors1800000000048'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'SecondFactors1800000000048');

reset role;
