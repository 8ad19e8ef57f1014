-- 013: the stream of events. The audit trail is the outbox: one relay publishes what its transactions have committed, in
-- one order without gaps, as CloudEvents (docs/decisions/0013-events.md).
set lock_timeout = '5s';

-- As in 001: the role belongs to the cluster, and another database may have made it.
do $$
begin
  begin
    if not exists (select from pg_roles where rolname = 'tm_relay') then
      create role tm_relay nologin noinherit;
    end if;
  exception
    when duplicate_object or unique_violation then null;
  end;
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('grant tm_relay to %I%s', current_user,
      case when current_setting('server_version_num')::int >= 160000 then ' with inherit false, set true' end);
  end if;
  begin
    grant tm_relay to tm_owner;
  exception
    when insufficient_privilege or unique_violation or internal_error then
      raise notice 'some role memberships were not granted: %', sqlerrm;
  end;
end
$$;
grant usage on schema public to tm_relay;

set role tm_owner;
grant usage on schema app to tm_relay;

-- ---------------------------------------------------------------------------------------------------------------
-- The outbox
-- ---------------------------------------------------------------------------------------------------------------
-- Numbers are taken while the rows that were changed are locked, so those of one record are in the order of its changes.
-- No cache: a session that keeps numbers for later would break that.
create sequence public.audit_logs_seq as bigint cache 1;
-- Without a value for the rows that are there: they count as published, and the table is not written again.
alter table public.audit_logs
  add column xid xid8,
  add column seq bigint;
alter table public.audit_logs
  alter column xid set default pg_current_xact_id(),
  alter column seq set default nextval('public.audit_logs_seq');
comment on column public.audit_logs.xid is 'The transaction that wrote; tells the relay when it has committed. Empty before migration 013.';
comment on column public.audit_logs.seq is 'The order of the writes; of one record, the order of its changes.';
create index audit_logs_xid_idx on public.audit_logs (xid) where xid is not null;
grant usage on sequence public.audit_logs_seq to tm_audit;
grant select on sequence public.audit_logs_seq to tm_relay;

-- ---------------------------------------------------------------------------------------------------------------
-- Tables
-- ---------------------------------------------------------------------------------------------------------------
create table public.events (
  position bigint constraint events_pkey primary key,
  event_id uuid not null,
  team_id uuid,
  type text not null,
  needs text not null,
  project_id uuid,
  project_key text,
  record_id uuid not null,
  task_id uuid,
  occurred_at timestamptz not null,
  published_at timestamptz not null,
  body text not null
);
comment on table public.events is 'What happened, in the order in which everybody sees it. Written by the relay alone and dropped after some days.';
comment on column public.events.position is 'Without gaps, and rising with published_at.';
comment on column public.events.needs is 'The permission that reading it takes.';
comment on column public.events.body is 'The CloudEvent, as JSON.';
create index events_team_position_idx on public.events (team_id, position);

create table public.event_relay (
  id boolean constraint event_relay_pkey primary key default true constraint event_relay_id_check check (id),
  position bigint not null default 0,
  published_at timestamptz not null default '-infinity',
  snapshot pg_snapshot not null,
  target pg_snapshot,
  target_seq bigint,
  system_identifier bigint not null,
  floor_seq bigint not null default 0,
  trimmed bigint not null default 0,
  trimmed_at timestamptz not null default '-infinity',
  constraint event_relay_target_check check ((target is null) = (target_seq is null))
);
comment on table public.event_relay is 'Where the relay is: its only state, so that any instance can go on at any time.';
comment on column public.event_relay.position is 'The last position that was given.';
comment on column public.event_relay.snapshot is 'What it sees as finished is published.';
comment on column public.event_relay.target is 'While a large batch is published in parts: the snapshot of the batch. target_seq is how far it has got.';
comment on column public.event_relay.system_identifier is 'The cluster that the numbers of transactions belong to.';
comment on column public.event_relay.floor_seq is 'Rows up to here came with a dump from another cluster.';
comment on column public.event_relay.trimmed is 'Events up to here are gone.';

create table public.task_due_notices (
  team_id uuid not null,
  task_id uuid not null,
  due_date timestamptz not null,
  constraint task_due_notices_pkey primary key (team_id, task_id),
  constraint task_due_notices_task_fkey foreign key (team_id, task_id)
    references public.tasks (team_id, id) on delete cascade
);
comment on table public.task_due_notices is 'The due date that was last told of a task, so that each is told once. What is written here becomes task.due_soon.';

do $$
declare
  name text;
begin
  foreach name in array array['events', 'event_relay', 'task_due_notices']
  loop
    execute format('alter table public.%I enable row level security', name);
    execute format('alter table public.%I force row level security', name);
    execute format('create policy %I on public.%I for all to tm_relay using (true) with check (true)',
      name || '_relay_policy', name);
  end loop;
  foreach name in array array['audit_logs', 'tasks', 'projects', 'teams']
  loop
    execute format('create policy %I on public.%I for select to tm_relay using (true)', name || '_relay_select_policy', name);
  end loop;
end
$$;
grant select, insert, delete on public.events to tm_relay;
grant select, insert, update on public.event_relay to tm_relay;
grant select, insert, update on public.task_due_notices to tm_relay;
grant select on public.audit_logs, public.tasks to tm_relay;
grant select (id, team_id, project_key) on public.projects to tm_relay;
grant select (id, owner_id, is_personal) on public.teams to tm_relay;
select app.audit_table('public.task_due_notices');

-- ---------------------------------------------------------------------------------------------------------------
-- Reading
-- ---------------------------------------------------------------------------------------------------------------
create function app.event_permissions() returns text[] language sql stable parallel safe
  return array(
    select p.needs
    from unnest(array['tasks:read', 'validations:read', 'errors:read']) p (needs)
    where app.has_permission(p.needs)
  );
comment on function app.event_permissions() is 'What the session may read, of all that an event can need.';
grant execute on function app.event_permissions() to tm_app_rw, tm_app_ro, tm_analytics, tm_admin;

create policy events_select_policy on public.events for select to tm_app_rw, tm_app_ro, tm_analytics
  using (
    team_id = any((select app.current_team_ids())::uuid[])
    and needs = any((select app.event_permissions())::text[]));
create policy events_admin_select_policy on public.events for select to tm_admin
  using ((select app.is_admin()) and needs = any((select app.event_permissions())::text[]));
create policy events_background_select_policy on public.events for select to tm_background
  using ((select app.system_reason()) is not null);
grant select on public.events to tm_app_rw, tm_app_ro, tm_analytics, tm_admin, tm_background;

create function app.event_bounds() returns table (trimmed bigint, head bigint)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select r.trimmed, r.position
  from public.event_relay r;
end;
comment on function app.event_bounds() is 'The last position that is gone, and the last that there is.';

create function app.event_position(p_moment timestamptz) returns bigint
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_low bigint;
  v_high bigint;
  v_middle bigint;
  v_gone timestamptz;
begin
  select r.trimmed, r.position, r.trimmed_at into v_low, v_high, v_gone
  from public.event_relay r;
  if p_moment <= v_gone then
    return null;
  end if;
  -- Positions have no gaps and rise with the time, so halving finds the place without an index for it.
  while v_low < v_high
  loop
    v_middle := (v_low + v_high + 1) / 2;
    if (select e.published_at from public.events e where e.position = v_middle) < p_moment then
      v_low := v_middle;
    else
      v_high := v_middle - 1;
    end if;
  end loop;
  return v_low;
end
$$;
comment on function app.event_position(timestamptz) is 'The position after which everything was published at or after this moment. Null when some of it is gone.';

create function app.event_audience(p_users uuid[], p_credentials uuid[], p_scopes text[])
returns table (place bigint, team_ids uuid[], permissions text[], is_admin boolean)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  select
    a.place,
    array(select t.team_id from public.team_members t where t.user_id = a.user_id),
    app.narrow(app.narrow(r.permission_list, app.text_list(c.scopes)), string_to_array(a.scopes, ' ')),
    '*' = any(r.permission_list)
  from unnest(p_users, p_credentials, p_scopes) with ordinality a (user_id, credential_id, scopes, place)
  join public.users u on u.id = a.user_id and u.is_active
  join public.user_roles r on r.id = u.role_id and r.is_active
  cross join lateral (
    select k.scopes
    from public.api_keys k
    where k.id = a.credential_id
      and k.user_id = a.user_id
      and k.revoked_at is null
      and (k.expires_at is null or k.expires_at > now())
    union all
    select s.scopes
    from public.sessions s
    where s.id = a.credential_id
      and s.user_id = a.user_id
      and s.revoked_at is null
      and s.expires_at > now()
  ) c
  where app.system_reason() is not null;
end;
comment on function app.event_audience(uuid[], uuid[], text[]) is
  'What app.open_session would find at this moment, for many credentials at once. One that is not alive is left out.';
alter function app.event_audience(uuid[], uuid[], text[]) owner to tm_auth;
set role tm_auth;
revoke execute on function app.event_audience(uuid[], uuid[], text[]) from public;
grant execute on function app.event_audience(uuid[], uuid[], text[]) to tm_background;
set role tm_owner;

-- ---------------------------------------------------------------------------------------------------------------
-- What an event says. Resources have the names and the order of the REST answers (test/api/event-bodies.test.ts compares
-- them); a column that is not named here never leaves the database. In PL/pgSQL, because its plans are kept from one run to
-- the next: SQL functions were planned again in every run before PostgreSQL 18.
-- ---------------------------------------------------------------------------------------------------------------

create function app.task_event_data(p_row jsonb) returns text language plpgsql immutable parallel safe as $$
begin
  return concat(
    '{"id":', coalesce(p_row -> 'id', 'null'),
    ',"teamId":', coalesce(p_row -> 'team_id', 'null'),
    ',"projectKey":', coalesce(p_row -> 'project_key', 'null'),
    ',"list":', coalesce(p_row -> 'list', 'null'),
    ',"ref":', coalesce(p_row -> 'ref', 'null'),
    ',"title":', coalesce(p_row -> 'title', 'null'),
    ',"description":', coalesce(p_row -> 'description', 'null'),
    ',"details":', coalesce(p_row -> 'details', 'null'),
    ',"testStrategy":', coalesce(p_row -> 'test_strategy', 'null'),
    ',"type":', coalesce(p_row -> 'type', 'null'),
    ',"status":', coalesce(p_row -> 'status', 'null'),
    ',"stage":', coalesce(p_row -> 'stage', 'null'),
    ',"priority":', coalesce(p_row -> 'priority', 'null'),
    ',"complexityScore":', coalesce(p_row -> 'complexity_score', 'null'),
    ',"affectedFiles":', coalesce(p_row -> 'affected_files', 'null'),
    ',"requirements":', coalesce(p_row -> 'requirements', 'null'),
    ',"acceptanceCriteria":', coalesce(p_row -> 'acceptance_criteria', 'null'),
    ',"tags":', coalesce(p_row -> 'tags', 'null'),
    ',"parentTaskId":', coalesce(p_row -> 'parent_task_id', 'null'),
    ',"assigneeId":', coalesce(p_row -> 'assignee_id', 'null'),
    ',"assignedTo":', coalesce(p_row -> 'assigned_to', 'null'),
    ',"createdBy":', coalesce(p_row -> 'created_by', 'null'),
    ',"estimatedHours":', coalesce(p_row -> 'estimated_hours', 'null'),
    ',"actualHours":', coalesce(p_row -> 'actual_hours', 'null'),
    ',"dueDate":', coalesce(p_row -> 'due_date', 'null'),
    ',"remindAt":', coalesce(p_row -> 'remind_at', 'null'),
    ',"recurrencePattern":', coalesce(p_row -> 'recurrence_pattern', 'null'),
    ',"recurrenceInterval":', coalesce(p_row -> 'recurrence_interval', 'null'),
    ',"nextOccurrence":', coalesce(p_row -> 'next_occurrence', 'null'),
    ',"metadata":', coalesce(p_row -> 'metadata', 'null'),
    ',"version":', coalesce(p_row -> 'version', 'null'),
    ',"createdAt":', coalesce(p_row -> 'created_at', 'null'),
    ',"updatedAt":', coalesce(p_row -> 'updated_at', 'null'),
    ',"startedAt":', coalesce(p_row -> 'started_at', 'null'),
    ',"completedAt":', coalesce(p_row -> 'completed_at', 'null'),
    ',"deletedAt":', coalesce(p_row -> 'deleted_at', 'null'), '}');
end
$$;

create function app.project_event_data(p_row jsonb) returns text language plpgsql immutable parallel safe as $$
begin
  return concat(
    '{"id":', coalesce(p_row -> 'id', 'null'),
    ',"teamId":', coalesce(p_row -> 'team_id', 'null'),
    ',"projectKey":', coalesce(p_row -> 'project_key', 'null'),
    ',"name":', coalesce(p_row -> 'name', 'null'),
    ',"description":', coalesce(p_row -> 'description', 'null'),
    ',"settings":', coalesce(p_row -> 'settings', 'null'),
    ',"metadata":', coalesce(p_row -> 'metadata', 'null'),
    ',"createdBy":', coalesce(p_row -> 'created_by', 'null'),
    ',"version":', coalesce(p_row -> 'version', 'null'),
    ',"createdAt":', coalesce(p_row -> 'created_at', 'null'),
    ',"updatedAt":', coalesce(p_row -> 'updated_at', 'null'), '}');
end
$$;

create function app.comment_event_data(p_row jsonb) returns text language plpgsql immutable parallel safe as $$
begin
  return concat(
    '{"id":', coalesce(p_row -> 'id', 'null'),
    ',"taskId":', coalesce(p_row -> 'task_id', 'null'),
    ',"userId":', coalesce(p_row -> 'user_id', 'null'),
    ',"content":', coalesce(p_row -> 'content', 'null'),
    ',"edited":', coalesce(p_row -> 'edited', 'null'),
    ',"version":', coalesce(p_row -> 'version', 'null'),
    ',"createdAt":', coalesce(p_row -> 'created_at', 'null'),
    ',"updatedAt":', coalesce(p_row -> 'updated_at', 'null'), '}');
end
$$;

create function app.validation_event_data(p_row jsonb) returns text language plpgsql immutable parallel safe as $$
begin
  return concat(
    '{"id":', coalesce(p_row -> 'id', 'null'),
    ',"teamId":', coalesce(p_row -> 'team_id', 'null'),
    ',"taskId":', coalesce(p_row -> 'task_id', 'null'),
    ',"projectKey":', coalesce(p_row -> 'project_key', 'null'),
    ',"validationType":', coalesce(p_row -> 'validation_type', 'null'),
    ',"validationStatus":', coalesce(p_row -> 'validation_status', 'null'),
    ',"validationScore":', coalesce(p_row -> 'validation_score', 'null'),
    ',"validationData":', coalesce(p_row -> 'validation_data', 'null'),
    ',"claudeCodeVersion":', coalesce(p_row -> 'claude_code_version', 'null'),
    ',"validationEnvironment":', coalesce(p_row -> 'validation_environment', 'null'),
    ',"toolName":', coalesce(p_row -> 'tool_name', 'null'),
    ',"commitSha":', coalesce(p_row -> 'commit_sha', 'null'),
    ',"branch":', coalesce(p_row -> 'branch', 'null'),
    ',"externalId":', coalesce(p_row -> 'external_id', 'null'),
    ',"detailsUrl":', coalesce(p_row -> 'details_url', 'null'),
    ',"attempt":', (p_row ->> 'retry_count')::integer + 1,
    ',"retryCount":', coalesce(p_row -> 'retry_count', 'null'),
    ',"startedAt":', coalesce(p_row -> 'started_at', 'null'),
    ',"completedAt":', coalesce(p_row -> 'completed_at', 'null'),
    ',"executionTimeMs":', coalesce(p_row -> 'execution_time_ms', 'null'),
    ',"errorMessage":', coalesce(p_row -> 'error_message', 'null'),
    ',"errorDetails":', coalesce(p_row -> 'error_details', 'null'),
    ',"findingCounts":', coalesce(p_row -> 'finding_counts', 'null'),
    ',"metadata":', coalesce(p_row -> 'metadata', 'null'),
    ',"createdBy":', coalesce(p_row -> 'created_by', 'null'),
    ',"version":', coalesce(p_row -> 'version', 'null'),
    ',"createdAt":', coalesce(p_row -> 'created_at', 'null'),
    ',"updatedAt":', coalesce(p_row -> 'updated_at', 'null'), '}');
end
$$;

create function app.error_event_data(p_row jsonb) returns text language plpgsql immutable parallel safe as $$
begin
  return concat(
    '{"id":', coalesce(p_row -> 'id', 'null'),
    ',"teamId":', coalesce(p_row -> 'team_id', 'null'),
    ',"projectKey":', coalesce(p_row -> 'project_key', 'null'),
    ',"title":', coalesce(p_row -> 'title', 'null'),
    ',"errorCode":', coalesce(p_row -> 'error_code', 'null'),
    ',"errorCategory":', coalesce(p_row -> 'error_category', 'null'),
    ',"errorSeverity":', coalesce(p_row -> 'error_severity', 'null'),
    ',"errorMessage":', coalesce(p_row -> 'error_message', 'null'),
    ',"errorDetails":', coalesce(p_row -> 'error_details', 'null'),
    ',"stackTrace":', coalesce(p_row -> 'stack_trace', 'null'),
    ',"contextData":', coalesce(p_row -> 'context_data', 'null'),
    ',"taskId":', coalesce(p_row -> 'task_id', 'null'),
    ',"validationResultId":', coalesce(p_row -> 'validation_result_id', 'null'),
    ',"workflowStateId":', coalesce(p_row -> 'workflow_state_id', 'null'),
    ',"resolutionStatus":', coalesce(p_row -> 'resolution_status', 'null'),
    ',"resolutionNotes":', coalesce(p_row -> 'resolution_notes', 'null'),
    ',"resolvedAt":', coalesce(p_row -> 'resolved_at', 'null'),
    ',"resolvedBy":', coalesce(p_row -> 'resolved_by', 'null'),
    ',"resolvedInVersion":', coalesce(p_row -> 'resolved_in_version', 'null'),
    ',"resolvedInNextRelease":', coalesce(p_row -> 'resolved_in_next_release', 'null'),
    ',"ignoredUntil":', coalesce(p_row -> 'ignored_until', 'null'),
    ',"ignoredUntilCount":', coalesce(p_row -> 'ignored_until_count', 'null'),
    ',"ignoredUntilUsers":', coalesce(p_row -> 'ignored_until_users', 'null'),
    ',"assigneeId":', coalesce(p_row -> 'assignee_id', 'null'),
    ',"mergedInto":', coalesce(p_row -> 'merged_into', 'null'),
    ',"occurrenceCount":', coalesce(p_row -> 'occurrence_count', 'null'),
    ',"usersAffected":', coalesce(p_row -> 'users_affected', 'null'),
    ',"firstOccurredAt":', coalesce(p_row -> 'first_occurred_at', 'null'),
    ',"lastOccurredAt":', coalesce(p_row -> 'last_occurred_at', 'null'),
    ',"userId":', coalesce(p_row -> 'user_id', 'null'),
    ',"sessionId":', coalesce(p_row -> 'session_id', 'null'),
    ',"ipAddress":', coalesce(p_row -> 'ip_address', 'null'),
    ',"userAgent":', coalesce(p_row -> 'user_agent', 'null'),
    ',"environment":', coalesce(p_row -> 'environment', 'null'),
    ',"serviceName":', coalesce(p_row -> 'service_name', 'null'),
    ',"serviceVersion":', coalesce(p_row -> 'service_version', 'null'),
    ',"firstServiceVersion":', coalesce(p_row -> 'first_service_version', 'null'),
    ',"fingerprint":', coalesce(p_row -> 'fingerprint', 'null'),
    ',"fingerprintVersion":', coalesce(p_row -> 'fingerprint_version', 'null'),
    ',"fingerprintSource":', coalesce(p_row -> 'fingerprint_source', 'null'),
    ',"metadata":', coalesce(p_row -> 'metadata', 'null'),
    ',"version":', coalesce(p_row -> 'version', 'null'),
    ',"createdAt":', coalesce(p_row -> 'created_at', 'null'),
    ',"updatedAt":', coalesce(p_row -> 'updated_at', 'null'), '}');
end
$$;

create function app.team_event_data(p_row jsonb) returns text language plpgsql immutable parallel safe as $$
begin
  return concat(
    '{"id":', coalesce(p_row -> 'id', 'null'),
    ',"name":', coalesce(p_row -> 'name', 'null'),
    ',"description":', coalesce(p_row -> 'description', 'null'),
    ',"ownerId":', coalesce(p_row -> 'owner_id', 'null'),
    ',"isPersonal":', coalesce(p_row -> 'is_personal', 'null'),
    ',"metadata":', coalesce(p_row -> 'metadata', 'null'),
    ',"version":', coalesce(p_row -> 'version', 'null'),
    ',"createdAt":', coalesce(p_row -> 'created_at', 'null'),
    ',"updatedAt":', coalesce(p_row -> 'updated_at', 'null'), '}');
end
$$;

create function app.team_member_event_data(p_row jsonb) returns text language plpgsql immutable parallel safe as $$
begin
  return concat(
    '{"userId":', coalesce(p_row -> 'user_id', 'null'),
    ',"teamId":', coalesce(p_row -> 'team_id', 'null'),
    ',"role":', coalesce(p_row -> 'role', 'null'),
    ',"joinedAt":', coalesce(p_row -> 'joined_at', 'null'), '}');
end
$$;

create function app.user_event_data(p_row jsonb) returns text language plpgsql immutable parallel safe as $$
begin
  return concat(
    '{"id":', coalesce(p_row -> 'id', 'null'),
    ',"username":', coalesce(p_row -> 'username', 'null'),
    ',"email":', coalesce(p_row -> 'email', 'null'),
    ',"name":', coalesce(p_row -> 'name', 'null'),
    ',"isActive":', coalesce(p_row -> 'is_active', 'null'),
    ',"lastLoginAt":', coalesce(p_row -> 'last_login_at', 'null'),
    ',"metadata":', coalesce(p_row -> 'metadata', 'null'),
    ',"version":', coalesce(p_row -> 'version', 'null'),
    ',"createdAt":', coalesce(p_row -> 'created_at', 'null'),
    ',"updatedAt":', coalesce(p_row -> 'updated_at', 'null'), '}');
end
$$;

-- The columns whose changes are told, with their names. Columns of one name have one meaning in every table.
create function app.event_fields() returns jsonb language sql immutable parallel safe
  return '{
    "acceptance_criteria": "acceptanceCriteria", "actual_hours": "actualHours", "affected_files": "affectedFiles",
    "assigned_to": "assignedTo", "assignee_id": "assigneeId", "branch": "branch",
    "claude_code_version": "claudeCodeVersion", "commit_sha": "commitSha", "completed_at": "completedAt",
    "complexity_score": "complexityScore", "content": "content", "context_data": "contextData",
    "created_by": "createdBy", "deleted_at": "deletedAt", "description": "description", "details": "details",
    "details_url": "detailsUrl", "due_date": "dueDate", "edited": "edited", "email": "email",
    "environment": "environment", "error_category": "errorCategory", "error_code": "errorCode",
    "error_details": "errorDetails", "error_message": "errorMessage", "error_severity": "errorSeverity",
    "estimated_hours": "estimatedHours", "execution_time_ms": "executionTimeMs", "external_id": "externalId",
    "finding_counts": "findingCounts", "fingerprint": "fingerprint", "fingerprint_source": "fingerprintSource",
    "fingerprint_version": "fingerprintVersion", "first_occurred_at": "firstOccurredAt",
    "first_service_version": "firstServiceVersion", "ignored_until": "ignoredUntil",
    "ignored_until_count": "ignoredUntilCount", "ignored_until_users": "ignoredUntilUsers",
    "ip_address": "ipAddress", "is_active": "isActive", "is_personal": "isPersonal", "joined_at": "joinedAt",
    "last_login_at": "lastLoginAt", "last_occurred_at": "lastOccurredAt", "list": "list",
    "merged_into": "mergedInto", "metadata": "metadata", "name": "name", "next_occurrence": "nextOccurrence",
    "occurrence_count": "occurrenceCount", "owner_id": "ownerId", "parent_task_id": "parentTaskId",
    "priority": "priority", "project_key": "projectKey", "recurrence_interval": "recurrenceInterval",
    "recurrence_pattern": "recurrencePattern", "ref": "ref", "remind_at": "remindAt", "requirements": "requirements",
    "resolution_notes": "resolutionNotes", "resolution_status": "resolutionStatus", "resolved_at": "resolvedAt",
    "resolved_by": "resolvedBy", "resolved_in_next_release": "resolvedInNextRelease",
    "resolved_in_version": "resolvedInVersion", "retry_count": "retryCount", "role": "role", "role_id": "roleId",
    "service_name": "serviceName", "service_version": "serviceVersion", "session_id": "sessionId",
    "settings": "settings", "stack_trace": "stackTrace", "stage": "stage", "started_at": "startedAt",
    "status": "status", "tags": "tags", "task_id": "taskId", "test_strategy": "testStrategy", "title": "title",
    "tool_name": "toolName", "type": "type", "user_agent": "userAgent", "user_id": "userId", "username": "username",
    "users_affected": "usersAffected", "validation_data": "validationData",
    "validation_environment": "validationEnvironment", "validation_result_id": "validationResultId",
    "validation_score": "validationScore", "validation_status": "validationStatus",
    "validation_type": "validationType", "workflow_state_id": "workflowStateId"
  }'::jsonb;

create function app.event_verb(p_operation text) returns text language sql immutable parallel safe
  return case p_operation when 'INSERT' then 'created' when 'UPDATE' then 'updated' else 'deleted' end;

create function app.task_change_types(p_changed text[], p_new jsonb) returns text[]
language plpgsql immutable parallel safe as $$
declare
  v_types text[] := '{}';
begin
  if 'deleted_at' = any(p_changed) and p_new -> 'deleted_at' = 'null' then
    v_types := v_types || 'task.restored'::text;
  end if;
  if not p_changed <@ array['status', 'stage', 'assignee_id', 'assigned_to', 'started_at', 'completed_at', 'deleted_at'] then
    v_types := v_types || 'task.updated'::text;
  end if;
  if p_changed && array['assignee_id', 'assigned_to'] then
    v_types := v_types || 'task.assigned'::text;
  end if;
  if p_changed && array['status', 'stage'] then
    v_types := v_types || 'task.status_changed'::text;
    if 'status' = any(p_changed) and p_new ->> 'status' = 'completed' then
      v_types := v_types || 'task.completed'::text;
    end if;
  end if;
  if 'deleted_at' = any(p_changed) and p_new -> 'deleted_at' <> 'null' then
    v_types := v_types || 'task.deleted'::text;
  end if;
  return case when v_types = '{}' and p_changed <> '{}' then '{task.updated}' else v_types end;
end
$$;

create function app.validation_change_types(p_changed text[]) returns text[]
language plpgsql immutable parallel safe as $$
begin
  if not 'validation_status' = any(p_changed) then
    return '{validation.updated}';
  elsif p_changed <@ array['validation_status', 'started_at', 'completed_at', 'execution_time_ms'] then
    return '{validation.status_changed}';
  end if;
  return '{validation.updated,validation.status_changed}';
end
$$;

create function app.error_change_types(p_changed text[], p_new jsonb) returns text[]
language plpgsql immutable parallel safe as $$
declare
  v_types text[] := '{}';
begin
  if not p_changed <@ array[
      'resolution_status', 'resolution_notes', 'resolved_at', 'resolved_by', 'resolved_in_version',
      'resolved_in_next_release', 'ignored_until', 'ignored_until_count', 'ignored_until_users', 'merged_into'] then
    v_types := v_types || 'error.updated'::text;
  end if;
  if 'resolution_status' = any(p_changed) then
    v_types := v_types || case p_new ->> 'resolution_status'
      when 'resolved' then '{error.resolved}'::text[]
      when 'ignored' then '{error.ignored}'
      when 'wont_fix' then '{error.ignored}'
      when 'regressed' then '{error.regressed}'
      when 'unresolved' then '{error.reopened}'
      else '{}'
    end;
  end if;
  if 'merged_into' = any(p_changed) and p_new -> 'merged_into' <> 'null' then
    v_types := v_types || 'error.merged'::text;
  end if;
  return case when v_types = '{}' then '{error.updated}' else v_types end;
end
$$;

create function app.event_types(
  p_table text, p_operation text, p_actor uuid, p_changed text[], p_old jsonb, p_new jsonb)
returns text[] language plpgsql immutable parallel safe as $$
begin
  -- One branch is evaluated, and only its expressions are prepared: that counts, because every run begins anew.
  if p_table = 'tasks' then
    if p_operation = 'UPDATE' then
      return app.task_change_types(p_changed, p_new);
    elsif p_operation = 'INSERT' then
      return case when p_new -> 'assignee_id' = 'null' then '{task.created}' else '{task.created,task.assigned}' end;
    end if;
    -- What was deleted before is only cleared away now.
    return case when p_old -> 'deleted_at' = 'null' then '{task.deleted}' else '{}' end;
  elsif p_table in ('task_dependencies', 'task_contexts', 'workflow_states') then
    return '{task.updated}';
  elsif p_table = 'task_due_notices' then
    return case when p_operation = 'DELETE' then '{}' else '{task.due_soon}' end;
  elsif p_operation = 'UPDATE' and p_changed = '{}' then
    return '{}';
  elsif p_table = 'validation_results' and p_operation = 'UPDATE' then
    return app.validation_change_types(p_changed);
  elsif p_table = 'error_logs' and p_operation = 'UPDATE' then
    return app.error_change_types(p_changed, p_new);
  elsif p_table = 'projects' and 'deleted_at' = any(p_changed) then
    return case when p_new -> 'deleted_at' = 'null' then '{project.restored}' else '{project.deleted}' end;
  -- Who signs up has no session yet; an admin who makes a user has one.
  elsif p_table = 'users' and p_operation = 'INSERT' and p_actor is null then
    return '{user.signup}';
  end if;
  -- Of any other table nobody is told.
  return array_remove(array[
    case p_table
      when 'task_comments' then 'comment'
      when 'validation_results' then 'validation'
      when 'error_logs' then 'error'
      when 'projects' then 'project'
      when 'teams' then 'team'
      when 'team_members' then 'team_member'
      when 'users' then 'user'
    end || '.' || app.event_verb(p_operation)], null);
end
$$;
comment on function app.event_types(text, text, uuid, text[], jsonb, jsonb) is
  'The events that one row of the trail stands for, in their order. None for tables that nobody is told about.';

create function app.event_data(p_table text, p_row jsonb) returns text language plpgsql immutable parallel safe as $$
begin
  case p_table
    when 'projects' then return app.project_event_data(p_row);
    when 'task_comments' then return app.comment_event_data(p_row);
    when 'validation_results' then return app.validation_event_data(p_row);
    when 'error_logs' then return app.error_event_data(p_row);
    when 'teams' then return app.team_event_data(p_row);
    when 'team_members' then return app.team_member_event_data(p_row);
    when 'users' then return app.user_event_data(p_row);
    -- What hangs on a task tells about the task.
    else return app.task_event_data(p_row);
  end case;
end
$$;

create function app.event_part_changes(p_table text, p_old jsonb, p_new jsonb) returns text
language sql immutable parallel safe
  return case p_table
    when 'task_dependencies'
      then format('{"dependencies":{"from":%s,"to":%s}}', coalesce(p_old -> 'parent_task_id', 'null'),
        coalesce(p_new -> 'parent_task_id', 'null'))
    else
      format('{"%s":{"from":%s,"to":%s}}', case p_table when 'task_contexts' then 'contexts' else 'workflowStates' end,
        case when p_new is null then p_old -> 'id' when p_old is null then 'null' else p_new -> 'id' end,
        coalesce(p_new -> 'id', 'null'))
  end;
comment on function app.event_part_changes(text, jsonb, jsonb) is 'What was added to a task (no from), changed, or taken away (no to), by its id.';

create function app.derived_event_id(p_id uuid, p_type text) returns uuid language sql immutable parallel safe
  return overlay(
    overlay(md5(uuid_send(p_id) || convert_to(p_type, 'UTF8')) placing '3' from 13)
    placing '8' from 17)::uuid;
comment on function app.derived_event_id(uuid, text) is
  'The id of a further event of the same row: UUID version 3 (RFC 9562), so that publishing again gives the same one.';

-- ---------------------------------------------------------------------------------------------------------------
-- The relay
-- ---------------------------------------------------------------------------------------------------------------
create function app.adopt_events() returns public.event_relay
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
begin atomic
  update public.event_relay
  set snapshot = pg_current_snapshot(),
      target = null,
      target_seq = null,
      floor_seq = (select s.last_value from public.audit_logs_seq s),
      system_identifier = (select c.system_identifier from pg_control_system() c)
  returning *;
end;
comment on function app.adopt_events() is
  'After a dump was restored into another cluster: the numbers of its transactions mean nothing here, so what came with it counts as published.';

create function app.relay_events(p_most integer)
returns table (
  head bigint, more boolean, "position" bigint, event_id uuid, team_id uuid, type text, needs text, project_id uuid,
  project_key text, record_id uuid, task_id uuid, body text)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
-- The tables grow by orders of magnitude under a plan that is kept; these make it the right one from the first row on.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
#variable_conflict use_column
declare
  c_parts constant text[] := '{task_dependencies,task_contexts,workflow_states,task_due_notices}';
  v_state public.event_relay;
  v_target pg_snapshot;
  v_late xid8[];
  v_moment timestamptz;
  v_read bigint;
  v_last bigint;
  v_head bigint;
  v_more boolean;
begin
  if app.system_reason() is null then
    raise exception 'only the relay publishes' using errcode = '42501';
  end if;
  -- One at a time in the whole installation; each statement from here on sees what the one before has committed.
  perform pg_advisory_xact_lock(hashtext('taskmaster relay'), 0);
  select * into v_state from public.event_relay;
  if v_state.system_identifier <> (select c.system_identifier from pg_control_system() c) then
    v_state := app.adopt_events();
  end if;
  select coalesce(v_state.target, pg_current_snapshot()) into v_target;
  -- What ran when the last snapshot was taken and is finished now. Named one by one, so that a transaction that stays
  -- open costs nothing, however much it has written.
  v_late := array(
    select x
    from pg_snapshot_xip(v_state.snapshot) x
    where pg_visible_in_snapshot(x, v_target)
  );
  v_moment := greatest(clock_timestamp(), v_state.published_at);
  v_head := v_state.position;
  v_read := 0;
  -- The large statement is not even begun for nothing: most runs of an installation where little happens find nothing.
  if exists (
      select
      from public.audit_logs a
      where a.xid >= pg_snapshot_xmax(v_state.snapshot)
        and a.xid < pg_snapshot_xmax(v_target)
    )
    or v_late <> '{}' and exists (
      select from public.audit_logs a where a.xid = any(v_late)
    )
  then
  with fresh as materialized (
    select a.*
    from (
      select a.*
      from public.audit_logs a
      where a.xid >= pg_snapshot_xmax(v_state.snapshot)
        and a.xid < pg_snapshot_xmax(v_target)
        and pg_visible_in_snapshot(a.xid, v_target)
      union all
      select a.*
      from public.audit_logs a
      where a.xid = any(v_late)
    ) a
    where a.seq > greatest(v_state.floor_seq, v_state.target_seq)
    order by a.seq
    limit p_most
  ),
  changed as materialized (
    select
      f.*, coalesce(f.new_values, f.old_values) as row, c.fields, '{' || c.changes || '}' as changes,
      case f.table_name
        when 'tasks' then f.record_id
        when 'task_dependencies' then (coalesce(f.new_values, f.old_values) ->> 'child_task_id')::uuid
        else (coalesce(f.new_values, f.old_values) ->> 'task_id')::uuid
      end as task_id
    from fresh f
    left join lateral (
      select
        array_agg(v.key) as fields,
        string_agg(
          format('"%s":{"from":%s,"to":%s}', app.event_fields() ->> v.key, v.value, coalesce(f.new_values -> v.key, 'null')),
          ',' order by v.key) as changes
      from jsonb_each(f.old_values) v
      where f.operation = 'UPDATE'
        and app.event_fields() ? v.key
    ) c on true
  ),
  told as materialized (
    select
      f.seq, e.place, e.type, f.team_id, f.user_id, f.occurred_at, f.task_id,
      case e.place when 1 then f.id else app.derived_event_id(f.id, e.type) end as event_id,
      case f.table_name when 'validation_results' then 'validations:read' when 'error_logs' then 'errors:read' else 'tasks:read' end
        as needs,
      coalesce(f.row ->> 'project_key', t.project_key) as project_key,
      case when f.table_name = any(c_parts) then f.task_id else coalesce(f.record_id, (f.row ->> 'user_id')::uuid) end
        as record_id,
      case f.table_name
        when 'task_comments' then 'tasks/' || f.task_id || '/comments/' || f.record_id
        when 'projects' then 'projects/' || f.record_id
        when 'validation_results' then 'validations/' || f.record_id
        when 'error_logs' then 'errors/' || f.record_id
        when 'teams' then 'teams/' || f.record_id
        when 'team_members' then 'teams/' || f.team_id || '/members/' || (f.row ->> 'user_id')
        when 'users' then 'users/' || f.record_id
        when 'webhooks' then 'webhooks/' || f.record_id
        else 'tasks/' || f.task_id
      end as subject,
      app.event_data(f.table_name, coalesce(t.row, f.row)) as data,
      case
        when f.table_name = 'task_due_notices' then null
        when f.table_name = any(c_parts) then app.event_part_changes(f.table_name, f.old_values, f.new_values)
        else f.changes
      end as changes
    from changed f
    -- Whatever hangs on a task says so with the task as it is by now. By the id alone, which no plan can take for a reason
    -- to read the tasks of a team.
    left join lateral (
      select k.project_key::text, case when f.table_name = any(c_parts) then to_jsonb(k) end as row
      from public.tasks k
      where k.id = case when f.table_name = any(c_parts || '{task_comments}'::text[]) then f.task_id end
    ) t on true
    cross join lateral unnest(
      app.event_types(f.table_name, f.operation, f.user_id, coalesce(f.fields, '{}'), f.old_values, f.new_values)
    ) with ordinality e (type, place)
    -- Who writes into the trail by hand may leave out what an event is made of. That must not stop the stream.
    where f.row is not null
      and coalesce(f.record_id, f.task_id, (f.row ->> 'user_id')::uuid) is not null
      and (t.row is not null or f.table_name <> all(c_parts))
  ),
  written as (
    insert into public.events (
      position, event_id, team_id, type, needs, project_id, project_key, record_id, task_id, occurred_at, published_at, body)
    select
      v_state.position + row_number() over (order by e.seq, e.place), e.event_id, o.team_id, e.type, e.needs,
      (select p.id from public.projects p where p.team_id = e.team_id and p.project_key = e.project_key),
      e.project_key, e.record_id, e.task_id, e.occurred_at, v_moment,
      concat(
        '{"specversion":"1.0","id":"', e.event_id, '","source":"/taskmaster","type":"', e.type, '","subject":"', e.subject,
        '","time":', to_json(e.occurred_at), ',"datacontenttype":"application/json"',
        ',"teamid":"' || o.team_id || '"', ',"projectkey":' || to_json(e.project_key), ',"taskid":"' || e.task_id || '"',
        ',"actorid":"' || e.user_id || '"', ',"data":',
        case when e.changes is null then e.data else left(e.data, -1) || ',"changes":' || e.changes || '}' end, '}')
    from told e
    -- A user belongs to no team; what happens to one is told in the team that is the user's own.
    cross join lateral (
      select coalesce(e.team_id, (select m.id from public.teams m where m.owner_id = e.record_id and m.is_personal))
    ) o (team_id)
    returning 1
  )
  select (select count(*) from fresh), (select max(f.seq) from fresh f), v_state.position + (select count(*) from written)
  into v_read, v_last, v_head;
  end if;

  v_more := v_read >= p_most;
  -- Nothing new and nothing to remember: the run leaves no trace. A transaction that has begun to write since is worth
  -- remembering, because its rows would be looked at in vain until it ends.
  if v_read > 0
    or v_state.target is not null
    or exists (select from pg_snapshot_xip(v_target) x where x >= pg_snapshot_xmax(v_state.snapshot))
  then
    update public.event_relay
    set position = v_head,
        published_at = case when v_head > v_state.position then v_moment else published_at end,
        snapshot = case when v_more then v_state.snapshot else v_target end,
        target = case when v_more then v_target end,
        target_seq = case when v_more then v_last end;
  end if;
  if v_head > v_state.position then
    perform pg_notify('tm_events', v_head::text);
  end if;
  return query
    select
      v_head, v_more, e.position, e.event_id, e.team_id, e.type, e.needs, e.project_id, e.project_key, e.record_id, e.task_id,
      e.body
    from (select) one
    left join public.events e on e.position > v_state.position and e.position <= v_head
    order by e.position;
end
$$;
comment on function app.relay_events(integer) is
  'Publishes what has been committed since the last run, from so many rows of the trail at most, and answers it: at least one row, which tells the last position and whether there is more to do.';

create function app.event_lag() returns table (rows bigint, seconds double precision)
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
begin atomic
  select count(*), coalesce(extract(epoch from clock_timestamp() - min(a.occurred_at))::double precision, 0)
  from public.event_relay r
  cross join lateral (
    select l.occurred_at, l.seq
    from public.audit_logs l
    where l.xid >= pg_snapshot_xmax(r.snapshot)
      and l.xid < pg_snapshot_xmax(pg_current_snapshot())
    union all
    select l.occurred_at, l.seq
    from public.audit_logs l
    where l.xid = any(array(select pg_snapshot_xip(r.snapshot)))
  ) a
  where a.seq > greatest(r.floor_seq, r.target_seq)
    and app.system_reason() is not null;
end;
comment on function app.event_lag() is 'Rows of the trail that are committed and not published, and the age of the oldest.';

create function app.trim_events(p_keep interval, p_most integer) returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_through bigint;
  v_moment timestamptz;
  v_dropped integer;
begin
  if app.system_reason() is null then
    raise exception 'only upkeep drops events' using errcode = '42501';
  end if;
  select max(e.position), max(e.published_at) into v_through, v_moment
  from (select * from public.events order by position limit p_most) e
  where e.published_at < now() - p_keep;
  delete from public.events where position <= v_through;
  get diagnostics v_dropped = row_count;
  -- Last, because the relay waits for this row.
  if v_dropped > 0 then
    update public.event_relay set trimmed = v_through, trimmed_at = v_moment;
  end if;
  return v_dropped;
end
$$;
comment on function app.trim_events(interval, integer) is 'Drops the oldest events when they are older than this, so many at most; how many.';

create function app.notice_due_tasks(p_within interval) returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_noticed integer;
begin
  if app.system_reason() is null then
    raise exception 'only upkeep looks at due dates' using errcode = '42501';
  end if;
  insert into public.task_due_notices (team_id, task_id, due_date)
  select t.team_id, t.id, t.due_date
  from public.teams m
  cross join lateral (
    select t.team_id, t.id, t.due_date
    from public.tasks t
    where t.team_id = m.id
      and t.due_date > now()
      and t.due_date <= now() + p_within
      and t.deleted_at is null
      and t.status in ('pending', 'in_progress')
  ) t
  where not exists (
    select
    from public.task_due_notices n
    where n.team_id = t.team_id
      and n.task_id = t.id
      and n.due_date = t.due_date
  )
  on conflict (team_id, task_id) do update set due_date = excluded.due_date;
  get diagnostics v_noticed = row_count;
  return v_noticed;
end
$$;
comment on function app.notice_due_tasks(interval) is 'Notes the tasks that are due within this time, each once for a due date; how many.';

-- The first state: whatever the trail holds by now counts as published. Nobody writes it while its columns are added.
alter table public.event_relay no force row level security;
insert into public.event_relay (snapshot, system_identifier)
select pg_current_snapshot(), c.system_identifier
from pg_control_system() c;
alter table public.event_relay force row level security;

grant execute on function
  app.system_reason(), app.event_types(text, text, uuid, text[], jsonb, jsonb), app.event_verb(text), app.task_change_types(text[], jsonb),
  app.validation_change_types(text[]), app.error_change_types(text[], jsonb),
  app.event_data(text, jsonb), app.event_fields(),
  app.event_part_changes(text, jsonb, jsonb), app.derived_event_id(uuid, text), app.task_event_data(jsonb),
  app.project_event_data(jsonb), app.comment_event_data(jsonb), app.validation_event_data(jsonb),
  app.error_event_data(jsonb), app.team_event_data(jsonb), app.team_member_event_data(jsonb), app.user_event_data(jsonb)
  to tm_relay;
grant create on schema app to tm_relay;
alter function app.event_bounds() owner to tm_relay;
alter function app.event_position(timestamptz) owner to tm_relay;
alter function app.adopt_events() owner to tm_relay;
alter function app.relay_events(integer) owner to tm_relay;
alter function app.event_lag() owner to tm_relay;
alter function app.trim_events(interval, integer) owner to tm_relay;
alter function app.notice_due_tasks(interval) owner to tm_relay;
revoke create on schema app from tm_relay;
set role tm_relay;
revoke execute on function
  app.event_bounds(), app.event_position(timestamptz), app.adopt_events(), app.relay_events(integer), app.event_lag(),
  app.trim_events(interval, integer), app.notice_due_tasks(interval)
  from public;
grant execute on function app.event_bounds(), app.event_position(timestamptz) to tm_app_rw, tm_app_ro, tm_analytics, tm_admin, tm_background;
grant execute on function
  app.relay_events(integer), app.event_lag(), app.trim_events(interval, integer), app.notice_due_tasks(interval)
  to tm_background;
set role tm_owner;

insert into public.migrations ("timestamp", name)
select 1700000000013, 'Events1700000000013'
where current_setting('app.migrator', true) is distinct from 'typeorm'
  and not exists (select from public.migrations where name = 'Events1700000000013');

reset role;
