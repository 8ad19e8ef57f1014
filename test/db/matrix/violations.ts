/** One planted fault, and the finding that the checker must report. */
export interface Violation {
  readonly rule: string;
  readonly what: string;
  readonly object: string;
  readonly sql: string;
}

const OPEN_SESSION = 'app.open_session(uuid, uuid, text, jsonb, text)';
const TEAM = 'team_id = any((select app.current_team_ids())::uuid[])';

const tableViolations: Violation[] = [
  {
    rule: 'R0',
    what: 'a database without the session function',
    object: OPEN_SESSION,
    sql: `alter function ${OPEN_SESSION} rename to closed`,
  },
  {
    rule: 'R1',
    what: 'row-level security off',
    object: 'public.tasks',
    sql: 'alter table public.tasks disable row level security',
  },
  {
    rule: 'R1',
    what: 'a new table without row-level security',
    object: 'public.notes',
    sql: 'create table public.notes (id uuid primary key)',
  },
  {
    rule: 'R1',
    what: 'a new partition, which inherits no row-level security',
    object: 'public.audit_logs_2030',
    sql: `create table public.audit_logs_2030 partition of public.audit_logs for values from ('2030-01-01') to ('2030-02-01')`,
  },
  {
    rule: 'R2',
    what: 'row-level security not forced',
    object: 'public.tasks',
    sql: 'alter table public.tasks no force row level security',
  },
  {
    rule: 'R2',
    what: 'a partition that is not forced',
    object: 'public.audit_logs_default',
    sql: 'alter table public.audit_logs_default no force row level security',
  },
  {
    rule: 'R6',
    what: 'a view with the rights of its owner',
    object: 'public.every_task',
    sql: 'create view public.every_task as select id from public.tasks',
  },
  {
    rule: 'R6',
    what: 'our view, after its option was lost',
    object: 'public.active_tasks',
    sql: 'alter view public.active_tasks reset (security_invoker)',
  },
  {
    rule: 'R7',
    what: 'a materialised view that the service may read',
    object: 'public.counted',
    sql: 'create materialized view public.counted as select count(*) from public.tasks; grant select on public.counted to tm_analytics',
  },
  {
    rule: 'R7',
    what: 'a foreign table that the service may read',
    object: 'public.remote',
    sql: `create foreign data wrapper w; create server s foreign data wrapper w;
          create foreign table public.remote (id uuid) server s; grant select on public.remote to tm_app_ro`,
  },
  {
    rule: 'R11',
    what: 'truncate',
    object: 'public.tasks to tm_app_rw',
    sql: 'grant truncate on public.tasks to tm_app_rw',
  },
  {
    rule: 'R11',
    what: 'references on one column',
    object: 'public.users to tm_app_rw',
    sql: 'grant references (id) on public.users to tm_app_rw',
  },
  {
    rule: 'R11',
    what: 'trigger',
    object: 'public.tasks to tm_background',
    sql: 'grant trigger on public.tasks to tm_background',
  },
  {
    rule: 'R13',
    what: 'a foreign key by id alone',
    object: 'public.task_contexts.plain_fkey',
    sql: `alter table public.tasks add constraint tasks_id_key unique (id);
          alter table public.task_contexts add constraint plain_fkey foreign key (task_id) references public.tasks (id)`,
  },
  {
    rule: 'R13',
    what: "a foreign key whose tenant is another column than the row's own",
    object: 'public.task_contexts.crossed_fkey',
    sql: `alter table public.task_contexts add column other_team uuid;
          alter table public.task_contexts add constraint crossed_fkey
            foreign key (other_team, task_id) references public.tasks (team_id, id)`,
  },
  {
    rule: 'R14',
    what: 'a name that is unique across tenants',
    object: 'public.projects.projects_project_key_key',
    sql: 'alter table public.projects add constraint projects_project_key_key unique (project_key)',
  },
  {
    rule: 'R14',
    what: 'a unique index on an expression',
    object: 'public.tasks.tasks_title_key',
    sql: 'create unique index tasks_title_key on public.tasks (lower(title || id))',
  },
  {
    rule: 'R16',
    what: 'a foreign key without an index',
    object: 'public.task_dependencies.task_dependencies_parent_fkey',
    sql: 'drop index public.task_dependencies_parent_idx',
  },
  {
    rule: 'R16',
    what: 'a foreign key whose index leaves rows out',
    object: 'public.task_dependencies.task_dependencies_created_by_fkey',
    sql: `drop index public.task_dependencies_created_by_idx;
          create index on public.task_dependencies (created_by) where created_at > '2026-01-01'`,
  },
];

const policyViolations: Violation[] = [
  {
    rule: 'R3',
    what: 'a policy that was dropped',
    object: 'public.tasks to tm_app_ro',
    sql: 'drop policy tasks_select_policy on public.tasks',
  },
  {
    rule: 'R3',
    what: 'a grant that nobody wrote a policy for',
    object: 'public.teams to tm_app_rw',
    sql: 'grant insert on public.teams to tm_app_rw',
  },
  {
    rule: 'R3',
    what: 'a policy that only restricts',
    object: 'public.performance_metrics to tm_app_ro',
    sql: `grant select on public.performance_metrics to tm_app_ro;
          create policy p on public.performance_metrics as restrictive for select to tm_app_ro using ((select app.is_admin()))`,
  },
  {
    rule: 'R4',
    what: 'using (true)',
    object: 'tasks_select_policy on public.tasks',
    sql: 'alter policy tasks_select_policy on public.tasks using (true)',
  },
  {
    rule: 'R4',
    what: 'a check that is always true',
    object: 'tasks_update_policy on public.tasks',
    sql: 'alter policy tasks_update_policy on public.tasks with check (1 = 1)',
  },
  {
    rule: 'R5',
    what: 'a policy for PUBLIC',
    object: 'everyone on public.tasks',
    sql: `create policy everyone on public.tasks for select using (${TEAM})`,
  },
  {
    rule: 'R12',
    what: 'a permission without a tenant',
    object: 'tasks_select_policy on public.tasks',
    sql: `alter policy tasks_select_policy on public.tasks using ((select app.has_permission('tasks:read')))`,
  },
  {
    rule: 'R12',
    what: 'rows of a person without the person',
    object: 'api_keys_select_policy on public.api_keys',
    sql: `alter policy api_keys_select_policy on public.api_keys using ((select app.current_user_id()) is not null)`,
  },
  {
    rule: 'R12',
    what: 'a policy of tm_admin that does not ask for an admin',
    object: 'tasks_admin_select_policy on public.tasks',
    sql: `alter policy tasks_admin_select_policy on public.tasks using ((select app.has_permission('tasks:read')))`,
  },
  {
    rule: 'R12',
    what: 'a background policy without a reason',
    object: 'tasks_background_select_policy on public.tasks',
    sql: `alter policy tasks_background_select_policy on public.tasks using (id <> (select app.new_id()))`,
  },
  {
    rule: 'R15',
    what: 'a session function called for each row',
    object: 'tasks_select_policy on public.tasks',
    sql: 'alter policy tasks_select_policy on public.tasks using (team_id = any(app.current_team_ids()))',
  },
  {
    rule: 'R15',
    what: 'a table read for each row',
    object: 'tasks_select_policy on public.tasks',
    sql: `alter policy tasks_select_policy on public.tasks
            using (${TEAM} and team_id in (select m.team_id from public.team_members m))`,
  },
  {
    rule: 'R17',
    what: 'a policy on a column without an index',
    object: 'tasks_select_policy on public.tasks, title',
    sql: `alter policy tasks_select_policy on public.tasks using (${TEAM} and title <> '')`,
  },
  {
    rule: 'R21',
    what: 'an OR',
    object: 'tasks_select_policy on public.tasks',
    sql: `alter policy tasks_select_policy on public.tasks using (${TEAM} or (select app.is_admin()))`,
  },
  {
    rule: 'R21',
    what: 'a second permissive policy for the same command and role',
    object: 'public.tasks for tm_app_ro',
    sql: `create policy again on public.tasks for select to tm_app_ro using (${TEAM})`,
  },
];

const roleViolations: Violation[] = [
  {
    rule: 'R8',
    what: 'a definer function whose search path the caller chooses',
    object: 'app.create_team(text, text, jsonb)',
    sql: 'alter function app.create_team(text, text, jsonb) reset search_path',
  },
  {
    rule: 'R8',
    what: 'a definer function that looks into the temporary schema first',
    object: 'app.create_team(text, text, jsonb)',
    sql: 'alter function app.create_team(text, text, jsonb) set search_path = pg_catalog',
  },
  {
    rule: 'R9',
    what: 'a definer function opened to one more role',
    object: 'app.find_login(text) to tm_app_ro',
    sql: 'grant execute on function app.find_login(text) to tm_app_ro',
  },
  {
    rule: 'R9',
    what: 'a function that everybody may call',
    object: 'app.peek() to PUBLIC',
    sql: 'create function app.peek() returns bigint language sql security definer return 1',
  },
  ...['superuser', 'bypassrls', 'createrole', 'createdb', 'replication'].map((power) => ({
    rule: 'R10',
    what: `a pool role with ${power}`,
    object: 'tm_app_rw',
    sql: `alter role tm_app_rw ${power}`,
  })),
  {
    rule: 'R10',
    what: 'an owner with BYPASSRLS, whom FORCE does not bind',
    object: 'tm_owner',
    sql: 'alter role tm_owner bypassrls',
  },
  {
    rule: 'R10',
    what: 'a view that a superuser owns',
    object: 'public.active_tasks',
    sql: 'alter view public.active_tasks owner to postgres',
  },
  {
    rule: 'R10',
    what: 'a function that a superuser owns',
    object: 'app.create_team(text, text, jsonb)',
    sql: 'alter function app.create_team(text, text, jsonb) owner to postgres',
  },
  {
    rule: 'R18',
    what: 'new functions executable by everybody',
    object: 'functions of tm_owner',
    sql: 'alter default privileges for role tm_owner grant execute on functions to public',
  },
  {
    rule: 'R18',
    what: 'new tables readable by the service',
    object: 'new objects of tm_owner',
    sql: 'alter default privileges for role tm_owner in schema public grant select on tables to tm_app_rw',
  },
  {
    rule: 'R18',
    what: 'objects that everybody may create',
    object: 'public to PUBLIC',
    sql: 'grant create on schema public to public',
  },
  {
    rule: 'R19',
    what: 'the app role inherits tm_admin',
    object: 'tm_app_rw in tm_admin',
    sql: 'alter role tm_app_rw inherit; grant tm_admin to tm_app_rw',
  },
  {
    rule: 'R23',
    what: 'the service login inherits tm_admin',
    object: 'taskmaster in tm_admin',
    sql: 'revoke tm_admin from taskmaster; alter role taskmaster inherit; grant tm_admin to taskmaster',
  },
  {
    rule: 'R19',
    what: 'a pool role that may become the owner through a third role',
    object: 'tm_app_ro in tm_owner',
    sql: 'create role between noinherit; grant tm_owner to between; grant between to tm_app_ro',
  },
  {
    rule: 'R20',
    what: 'a stranger in tm_auth',
    object: 'stranger in tm_auth',
    sql: 'create role stranger noinherit; grant tm_auth to stranger',
  },
  {
    rule: 'R20',
    what: 'a stranger in tm_audit',
    object: 'taskmaster in tm_audit',
    sql: 'grant tm_audit to taskmaster',
  },
  {
    rule: 'R20',
    what: 'a stranger in tm_search',
    object: 'taskmaster in tm_search',
    sql: 'grant tm_search to taskmaster',
  },
  {
    rule: 'R22',
    what: 'a service login that may become the owner',
    object: 'taskmaster',
    sql: 'grant tm_owner to taskmaster',
  },
  {
    rule: 'R22',
    what: 'a service login with BYPASSRLS',
    object: 'taskmaster',
    sql: 'alter role taskmaster bypassrls',
  },
];

const auditViolations: Violation[] = [
  {
    rule: 'R24',
    what: 'a new table that leaves no trail',
    object: 'public.notes',
    sql: 'create table public.notes (id uuid primary key)',
  },
  {
    rule: 'R24',
    what: 'a trigger of the trail that is switched off',
    object: 'public.tasks',
    sql: 'alter table public.tasks disable trigger tasks_audit_update',
  },
  {
    rule: 'R24',
    what: 'a trigger that records some changes only',
    object: 'public.tasks',
    sql: `create or replace trigger tasks_audit_update after update of title on public.tasks
            for each statement execute function app.record_audit()`,
  },
  {
    rule: 'R24',
    what: 'an audited table that can be truncated',
    object: 'public.teams',
    sql: 'drop trigger teams_audit_truncate on public.teams',
  },
  {
    rule: 'R24',
    what: 'a generated column that the triggers do not know',
    object: 'public.projects',
    sql: 'alter table public.projects add column label text generated always as (lower(name)) stored',
  },
  {
    rule: 'R24',
    what: 'a key that the triggers do not know',
    object: 'public.task_lists',
    sql: 'alter table public.task_lists drop constraint task_lists_pkey, add primary key (team_id, project_key, list, position)',
  },
  {
    rule: 'R25',
    what: 'a secret that the trail would show',
    object: 'public.api_keys.key_hash',
    sql: 'select app.audit_table($$public.api_keys$$)',
  },
  {
    rule: 'R25',
    what: 'a new column for a secret',
    object: 'public.teams.webhook_secret',
    sql: 'alter table public.teams add column webhook_secret text',
  },
];

export const violations: readonly Violation[] = [
  ...tableViolations,
  ...policyViolations,
  ...roleViolations,
  ...auditViolations,
];
