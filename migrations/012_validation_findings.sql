-- 012: what validations found, place by place.
set lock_timeout = '5s';
set role tm_owner;

create table public.validation_findings (
  id uuid constraint validation_findings_pkey primary key default app.new_id(),
  team_id uuid not null,
  validation_result_id uuid not null,
  attempt integer not null default 1,
  position integer not null default 0,
  rule varchar(255),
  file varchar(2048),
  start_line integer constraint validation_findings_start_line_check check (start_line >= 0),
  start_column integer constraint validation_findings_start_column_check check (start_column >= 0),
  end_line integer constraint validation_findings_end_line_check check (end_line >= 0),
  end_column integer constraint validation_findings_end_column_check check (end_column >= 0),
  severity varchar(10) not null default 'warning'
    constraint validation_findings_severity_check check (severity in ('error', 'warning', 'note', 'none')),
  message text not null,
  fingerprint varchar(255) not null,
  state varchar(10) not null default 'new'
    constraint validation_findings_state_check check (state in ('new', 'existing', 'fixed')),
  suppressed boolean not null default false,
  carried boolean not null default false,
  details jsonb not null default '{}'::jsonb
    constraint validation_findings_details_check check (jsonb_typeof(details) = 'object'),
  created_at timestamptz not null default now(),
  constraint validation_findings_result_fkey foreign key (team_id, validation_result_id)
    references public.validation_results (team_id, id) on delete cascade
);
comment on table public.validation_findings is 'What a validation found, place by place, compared with the result before it.';
comment on column public.validation_findings.carried is 'Not in the report: the result before had it, and it is gone.';
create index validation_findings_result_idx
  on public.validation_findings (team_id, validation_result_id, attempt, position, id);
select app.protect_team_table('public.validation_findings', 'validations:read', 'validations:write');
select app.audit_table('public.validation_findings');

\ir functions/finding_baseline.sql
\ir functions/write_findings.sql
\ir functions/settle_findings.sql

grant execute on function app.finding_baseline(public.validation_results) to tm_app_rw, tm_app_ro, tm_analytics, tm_admin, tm_ingest;
create policy validation_findings_ingest_select_policy on public.validation_findings for select to tm_ingest using (true);
create policy validation_findings_ingest_insert_policy on public.validation_findings for insert to tm_ingest with check (true);
create policy validation_findings_ingest_delete_policy on public.validation_findings for delete to tm_ingest using (true);
grant select, insert, delete on public.validation_findings to tm_ingest;
grant execute on function app.write_findings(uuid, jsonb, integer), app.settle_findings(uuid, boolean) to tm_app_rw, tm_admin;
grant create on schema app to tm_ingest;
alter function app.write_findings(uuid, jsonb, integer) owner to tm_ingest;
alter function app.settle_findings(uuid, boolean) owner to tm_ingest;
revoke create on schema app from tm_ingest;

insert into public.migrations ("timestamp", name)
select 1800000000012, 'ValidationFindings1800000000012'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'ValidationFindings1800000000012');

reset role;
