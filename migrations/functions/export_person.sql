-- Generated from src/modules/privacy/personal-data.ts. Run npm run generate.
create or replace function app.export_person(p_table text, p_limit integer, p_offset integer)
returns table (name text, total bigint, "rows" text)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
#variable_conflict use_column
declare
  p_user uuid := app.current_user_id();
begin
  if p_user is null or app.is_narrowed() then
    raise exception 'a credential with scopes exports nothing of its owner' using errcode = '42501';
  end if;
  if p_table is null or p_table = 'validation_results' then
    return query
    with found as materialized (
      select
        t.id as "id",
        t.team_id as "teamId",
        t.task_id as "taskId",
        t.project_key as "projectKey",
        t.commit_sha as "commitSha",
        t.external_id as "externalId",
        t.tool_name as "toolName",
        t.branch as "branch",
        t.details_url as "detailsUrl",
        t.validation_data as "validationData",
        t.validation_environment as "validationEnvironment",
        t.metadata as "metadata",
        t.error_message as "errorMessage",
        t.error_details as "errorDetails",
        t.created_by as "createdBy",
        t.validation_type as "validationType",
        t.validation_status as "validationStatus",
        t.validation_score as "validationScore",
        t.claude_code_version as "claudeCodeVersion",
        t.execution_time_ms as "executionTimeMs",
        t.started_at as "startedAt",
        t.completed_at as "completedAt",
        t.version as "version",
        t.created_at as "createdAt",
        t.updated_at as "updatedAt"
      from public.validation_results t
      where t.created_by = p_user
      order by 1, 2, 3
    )
    select
      'validation_results',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'validation_attempts' then
    return query
    with found as materialized (
      select
        t.id as "id",
        t.team_id as "teamId",
        t.validation_result_id as "validationResultId",
        t.attempt as "attempt",
        t.validation_status as "validationStatus",
        t.validation_score as "validationScore",
        t.validation_data as "validationData",
        t.validation_environment as "validationEnvironment",
        t.error_message as "errorMessage",
        t.error_details as "errorDetails",
        t.retried_by as "retriedBy",
        t.started_at as "startedAt",
        t.completed_at as "completedAt",
        t.created_at as "createdAt"
      from public.validation_attempts t
      where t.retried_by = p_user
      order by 1, 2, 3
    )
    select
      'validation_attempts',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'error_logs' then
    return query
    with found as materialized (
      select
        t.id as "id",
        t.team_id as "teamId",
        t.project_key as "projectKey",
        t.task_id as "taskId",
        t.validation_result_id as "validationResultId",
        t.workflow_state_id as "workflowStateId",
        t.error_code as "errorCode",
        t.error_category as "errorCategory",
        t.error_severity as "errorSeverity",
        t.resolution_status as "resolutionStatus",
        t.occurrence_count as "occurrenceCount",
        t.title as "title",
        t.error_message as "errorMessage",
        t.resolution_notes as "resolutionNotes",
        t.assignee_id as "assigneeId",
        t.resolved_by as "resolvedBy",
        t.resolved_at as "resolvedAt",
        t.first_occurred_at as "firstOccurredAt",
        t.last_occurred_at as "lastOccurredAt",
        t.version as "version",
        t.created_at as "createdAt",
        t.updated_at as "updatedAt"
      from public.error_logs t
      where t.assignee_id = p_user
      order by 1, 2, 3
    )
    select
      'error_logs',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'error_resolutions' then
    return query
    with found as materialized (
      select
        t.id as "id",
        t.team_id as "teamId",
        t.error_id as "errorId",
        t.changed_at as "changedAt",
        t.from_status as "fromStatus",
        t.to_status as "toStatus",
        t.cause as "cause",
        t.service_version as "serviceVersion",
        t.changed_by as "changedBy",
        t.notes as "notes"
      from public.error_resolutions t
      where t.changed_by = p_user
      order by 1, 2, 3
    )
    select
      'error_resolutions',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'webhooks' then
    return query
    with found as materialized (
      select
        t.id as "id",
        t.team_id as "teamId",
        t.scopes as "scopes",
        t.event_types as "eventTypes",
        t.project_key as "projectKey",
        t.is_enabled as "isEnabled",
        t.disabled_reason as "disabledReason",
        t.disabled_at as "disabledAt",
        t.url as "url",
        t.description as "description",
        t.owner_id as "ownerId",
        t.version as "version",
        t.created_at as "createdAt",
        t.updated_at as "updatedAt"
      from public.webhooks t
      where t.owner_id = p_user
      order by 1, 2, 3
    )
    select
      'webhooks',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'audit_logs' then
    return query
    with found as materialized (
      select
        t.id as "id",
        t.occurred_at as "occurredAt",
        t.team_id as "teamId",
        t.table_name as "tableName",
        t.record_id as "recordId",
        t.record_key as "recordKey",
        t.operation as "operation",
        t.user_id as "userId",
        case when p_user::text in (t.record_id::text, coalesce(t.new_values, t.old_values) ->> 'user_id') then t.old_values end as "oldValues",
        case when p_user::text in (t.record_id::text, coalesce(t.new_values, t.old_values) ->> 'user_id') then t.new_values end as "newValues",
        t.ip_address as "ipAddress",
        t.user_agent as "userAgent",
        t.session_id as "sessionId",
        t.request_id as "requestId"
      from public.audit_logs t
      where (t.user_id = p_user or t.record_id = p_user)
      order by 1, 2, 3
    )
    select
      'audit_logs',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'users' then
    return query
    with found as materialized (
      select
        t.id as "id",
        t.username as "username",
        t.email as "email",
        t.name as "name",
        t.email_verified as "emailVerified",
        t.is_self_registered as "isSelfRegistered",
        t.role_id as "roleId",
        t.is_active as "isActive",
        t.kind as "kind",
        t.owner_id as "ownerId",
        t.last_login_at as "lastLoginAt",
        t.login_attempts as "loginAttempts",
        t.locked_until as "lockedUntil",
        t.default_team_id as "defaultTeamId",
        t.language as "language",
        t.time_zone as "timeZone",
        t.metadata as "metadata",
        t.version as "version",
        t.created_at as "createdAt",
        t.updated_at as "updatedAt"
      from public.users t
      where t.id = p_user
      order by 1, 2, 3
    )
    select
      'users',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'api_keys' then
    return query
    with found as materialized (
      select
        t.id as "id",
        t.user_id as "userId",
        t.name as "name",
        t.prefix as "prefix",
        t.scopes as "scopes",
        t.project_team_id as "projectTeamId",
        t.project_key as "projectKey",
        t.allowed_networks as "allowedNetworks",
        t.expires_at as "expiresAt",
        t.last_used_at as "lastUsedAt",
        t.revoked_at as "revokedAt",
        t.rotated_from as "rotatedFrom",
        t.created_at as "createdAt",
        t.updated_at as "updatedAt",
        t.version as "version"
      from public.api_keys t
      where t.user_id = p_user
      order by 1, 2, 3
    )
    select
      'api_keys',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'sessions' then
    return query
    with found as materialized (
      select
        t.id as "id",
        t.user_id as "userId",
        t.ip_address as "ipAddress",
        t.user_agent as "userAgent",
        t.scopes as "scopes",
        t.identity_id as "identityId",
        t.oauth_grant_id as "oauthGrantId",
        t.resource as "resource",
        t.expires_at as "expiresAt",
        t.revoked_at as "revokedAt",
        t.created_at as "createdAt",
        t.updated_at as "updatedAt"
      from public.sessions t
      where t.user_id = p_user
      order by 1, 2, 3
    )
    select
      'sessions',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'user_identities' then
    return query
    with found as materialized (
      select
        t.id as "id",
        t.user_id as "userId",
        t.created_at as "createdAt",
        t.issuer as "issuer",
        t.subject as "subject",
        t.email as "email"
      from public.user_identities t
      where t.user_id = p_user
      order by 1, 2, 3
    )
    select
      'user_identities',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'oauth_grants' then
    return query
    with found as materialized (
      select
        t.id as "id",
        t.user_id as "userId",
        t.client_id as "clientId",
        t.client_name as "clientName",
        t.resource as "resource",
        t.scopes as "scopes",
        t.expires_at as "expiresAt",
        t.last_used_at as "lastUsedAt",
        t.revoked_at as "revokedAt",
        t.created_at as "createdAt",
        t.updated_at as "updatedAt"
      from public.oauth_grants t
      where t.user_id = p_user
      order by 1, 2, 3
    )
    select
      'oauth_grants',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'second_factors' then
    return query
    with found as materialized (
      select
        t.user_id as "userId",
        t.confirmed_at as "confirmedAt",
        t.created_at as "createdAt",
        t.updated_at as "updatedAt"
      from public.second_factors t
      where t.user_id = p_user
      order by 1, 2, 3
    )
    select
      'second_factors',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'recovery_codes' then
    return query
    with found as materialized (
      select
        t.user_id as "userId",
        t.created_at as "createdAt"
      from public.recovery_codes t
      where t.user_id = p_user
      order by 1, 2
    )
    select
      'recovery_codes',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'ingest_keys' then
    return query
    with found as materialized (
      select
        t.id as "id",
        t.team_id as "teamId",
        t.project_key as "projectKey",
        t.prefix as "prefix",
        t.name as "name",
        t.allowed_origins as "allowedOrigins",
        t.requests_per_minute as "requestsPerMinute",
        t.created_by as "createdBy",
        t.expires_at as "expiresAt",
        t.last_used_at as "lastUsedAt",
        t.revoked_at as "revokedAt",
        t.version as "version",
        t.created_at as "createdAt",
        t.updated_at as "updatedAt"
      from public.ingest_keys t
      where t.created_by = p_user
      order by 1, 2, 3
    )
    select
      'ingest_keys',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'mail_tokens' then
    return query
    with found as materialized (
      select
        t.id as "id",
        t.user_id as "userId",
        t.purpose as "purpose",
        t.email as "email",
        t.expires_at as "expiresAt",
        t.created_at as "createdAt",
        t.updated_at as "updatedAt"
      from public.mail_tokens t
      where t.user_id = p_user
      order by 1, 2, 3
    )
    select
      'mail_tokens',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'idempotency_keys' then
    return query
    with found as materialized (
      select
        t.user_id as "userId",
        t.key as "key",
        t.created_at as "createdAt",
        t.expires_at as "expiresAt"
      from public.idempotency_keys t
      where t.user_id = p_user
      order by 1, 2, 3
    )
    select
      'idempotency_keys',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'consents' then
    return query
    with found as materialized (
      select
        t.id as "id",
        t.user_id as "userId",
        t.purpose as "purpose",
        t.version as "version",
        t.is_given as "isGiven",
        t.created_at as "createdAt"
      from public.consents t
      where t.user_id = p_user
      order by 1, 2, 3
    )
    select
      'consents',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'team_members' then
    return query
    with found as materialized (
      select
        t.team_id as "teamId",
        t.user_id as "userId",
        t.role as "role",
        t.sponsor_id as "sponsorId",
        t.joined_at as "joinedAt",
        t.version as "version"
      from public.team_members t
      where t.user_id = p_user
      order by 1, 2, 3
    )
    select
      'team_members',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'invites' then
    return query
    with found as materialized (
      select
        t.id as "id",
        t.email as "email",
        t.team_id as "teamId",
        t.role as "role",
        t.user_role_id as "userRoleId",
        t.created_by as "createdBy",
        t.accepted_by as "acceptedBy",
        t.expires_at as "expiresAt",
        t.sent_at as "sentAt",
        t.accepted_at as "acceptedAt",
        t.revoked_at as "revokedAt",
        t.version as "version",
        t.created_at as "createdAt",
        t.updated_at as "updatedAt"
      from public.invites t
      where (t.created_by = p_user or t.accepted_by = p_user
    or lower(t.email) = (select lower(u.email) from public.users u where u.id = p_user and u.email_verified))
      order by 1, 2, 3
    )
    select
      'invites',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'teams' then
    return query
    with found as materialized (
      select
        t.id as "id",
        t.is_personal as "isPersonal",
        t.name as "name",
        t.description as "description",
        t.metadata as "metadata",
        t.owner_id as "ownerId",
        t.version as "version",
        t.created_at as "createdAt",
        t.updated_at as "updatedAt"
      from public.teams t
      where t.id in (select m.team_id from public.team_members m where m.user_id = p_user)
      order by 1, 2, 3
    )
    select
      'teams',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'projects' then
    return query
    with found as materialized (
      select
        t.id as "id",
        t.team_id as "teamId",
        t.project_key as "projectKey",
        t.settings as "settings",
        t.name as "name",
        t.description as "description",
        t.metadata as "metadata",
        t.created_by as "createdBy",
        t.version as "version",
        t.created_at as "createdAt",
        t.updated_at as "updatedAt",
        t.deleted_at as "deletedAt"
      from public.projects t
      where t.created_by = p_user
      order by 1, 2, 3
    )
    select
      'projects',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'tasks' then
    return query
    with found as materialized (
      select
        t.id as "id",
        t.team_id as "teamId",
        t.project_key as "projectKey",
        t.list as "list",
        t.ref as "ref",
        t.parent_task_id as "parentTaskId",
        t.title as "title",
        t.description as "description",
        t.details as "details",
        t.test_strategy as "testStrategy",
        t.affected_files as "affectedFiles",
        t.requirements as "requirements",
        t.acceptance_criteria as "acceptanceCriteria",
        t.tags as "tags",
        t.metadata as "metadata",
        t.created_by as "createdBy",
        t.assignee_id as "assigneeId",
        t.assigned_to as "assignedTo",
        t.type as "type",
        t.status as "status",
        t.stage as "stage",
        t.priority as "priority",
        t.complexity_score as "complexityScore",
        t.estimated_hours as "estimatedHours",
        t.actual_hours as "actualHours",
        t.due_date as "dueDate",
        t.remind_at as "remindAt",
        t.recurrence_pattern as "recurrencePattern",
        t.recurrence_interval as "recurrenceInterval",
        t.next_occurrence as "nextOccurrence",
        t.version as "version",
        t.created_at as "createdAt",
        t.updated_at as "updatedAt",
        t.started_at as "startedAt",
        t.completed_at as "completedAt",
        t.deleted_at as "deletedAt"
      from public.tasks t
      where (t.created_by = p_user or t.assignee_id = p_user)
      order by 1, 2, 3
    )
    select
      'tasks',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'task_dependencies' then
    return query
    with found as materialized (
      select
        t.team_id as "teamId",
        t.parent_task_id as "parentTaskId",
        t.child_task_id as "childTaskId",
        t.created_at as "createdAt",
        t.version as "version",
        t.created_by as "createdBy"
      from public.task_dependencies t
      where t.created_by = p_user
      order by 1, 2, 3
    )
    select
      'task_dependencies',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'task_contexts' then
    return query
    with found as materialized (
      select
        t.id as "id",
        t.team_id as "teamId",
        t.task_id as "taskId",
        t.context_type as "contextType",
        t.version as "version",
        t.created_at as "createdAt",
        t.updated_at as "updatedAt",
        t.context_data as "contextData",
        t.created_by as "createdBy"
      from public.task_contexts t
      where t.created_by = p_user
      order by 1, 2, 3
    )
    select
      'task_contexts',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'task_comments' then
    return query
    with found as materialized (
      select
        t.id as "id",
        t.team_id as "teamId",
        t.task_id as "taskId",
        t.edited as "edited",
        t.version as "version",
        t.created_at as "createdAt",
        t.updated_at as "updatedAt",
        t.content as "content",
        t.user_id as "userId"
      from public.task_comments t
      where t.user_id = p_user
      order by 1, 2, 3
    )
    select
      'task_comments',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
  if p_table is null or p_table = 'task_leases' then
    return query
    with found as materialized (
      select
        t.team_id as "teamId",
        t.task_id as "taskId",
        t.fence as "fence",
        t.lease_seconds as "leaseSeconds",
        t.gave_assignee as "gaveAssignee",
        t.holder_id as "holderId",
        t.credential_id as "credentialId",
        t.claimed_at as "claimedAt",
        t.heartbeat_at as "heartbeatAt",
        t.expires_at as "expiresAt",
        t.ended_at as "endedAt"
      from public.task_leases t
      where t.holder_id = p_user
      order by 1, 2, 3
    )
    select
      'task_leases',
      (select count(*) from found),
      (select coalesce(json_agg(to_json(p)), '[]')::text from (select * from found limit p_limit offset p_offset) p);
  end if;
end
$$;
comment on function app.export_person(text, integer, integer) is
  'What the database holds of the user of the session: for each table, or for one, the number of rows and a page of them as JSON.';
