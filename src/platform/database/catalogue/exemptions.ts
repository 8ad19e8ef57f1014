import { accountExemptions } from './account-exemptions.js';
import type { Exemption } from './exemption.js';
import { granted, SESSIONS, WRITERS } from './exemption.js';
import { identityExemptions } from './identity-exemptions.js';
import { oauthExemptions } from './oauth-exemptions.js';

/** What the checker finds and is right as it is. A test fails on entries that match nothing. */
export const exemptions: readonly Exemption[] = [
  {
    rule: 'R1',
    objects: ['public.migrations', 'public.migration_files'],
    reason: 'What was migrated belongs to no tenant and no role that serves has a grant on it.',
  },
  ...accountExemptions,
  ...oauthExemptions,
  ...identityExemptions,
  {
    rule: 'R9',
    objects: granted(['app.search_task_ids(tsquery, jsonb)'], SESSIONS),
    reason: 'It answers ids alone, of the teams of the session, and asks for tasks:read itself.',
  },
  {
    rule: 'R9',
    objects: ['record_audit', 'count_new_tasks', 'count_changed_task', 'count_removed_task'].map(
      (name) => `app.${name}() to tm_owner`,
    ),
    reason: 'Whoever makes a trigger must be allowed to execute its function; as a trigger alone can it be called.',
  },
  {
    rule: 'R9',
    objects: ['tm_app_rw', 'tm_app_ro', 'tm_admin'].flatMap((role) =>
      ['task_history', 'task_part_history'].map(
        (name) => `app.${name}(uuid, integer, timestamp with time zone, uuid) to ${role}`,
      ),
    ),
    reason: 'It answers the trail of one task of the teams of the session, and asks for tasks:read itself.',
  },
  {
    rule: 'R9',
    objects: granted(['app.project_choices(text[])'], WRITERS),
    reason: 'It answers what app.record_errors answers of projects, and asks for errors:write itself.',
  },
  {
    rule: 'R9',
    objects: [
      'app.extend_audit_partitions(integer) to tm_background',
      'app.drop_audit_partitions(interval) to tm_background',
    ],
    reason: 'Partitions are made and dropped by their owner; both ask for a system reason and neither reads a row.',
  },
  {
    rule: 'R9',
    objects: [
      'app.begin_import(uuid, text, jsonb)',
      'app.record_validation(jsonb)',
      'app.change_validation(uuid, integer, jsonb, jsonb)',
      'app.retry_validation(uuid, integer)',
      'app.write_findings(uuid, jsonb, integer)',
      'app.settle_findings(uuid, boolean)',
    ].flatMap((name) => [`${name} to tm_app_rw`, `${name} to tm_admin`]),
    reason:
      'They ask for validations:write and the team themselves, and answer ids, versions, statuses and counts: writing does not imply reading.',
  },
  {
    rule: 'R9',
    objects: granted(['app.record_errors(jsonb)', 'app.merge_errors(uuid, uuid, integer)'], WRITERS),
    reason:
      'Whoever reports errors may be blind to them, and what hangs on them is written by functions alone; they ask for errors:write and the teams of the session themselves.',
  },
  {
    rule: 'R9',
    objects: [
      'app.expire_error_ignores() to tm_background',
      'app.prune_errors(integer, integer, integer) to tm_background',
    ],
    reason: 'Upkeep without the right to change errors; they ask for the reason of the background session.',
  },
  {
    rule: 'R9',
    objects: ['app.fold_task_flow() to tm_background'],
    reason: 'It adds up what triggers have counted, asks for a system reason and answers a number.',
  },
  {
    rule: 'R9',
    objects: granted(['app.return_expired_tasks()'], [...WRITERS, 'tm_background']),
    reason: 'It takes no argument and returns nothing: expired leases return to pending, whichever session finds them.',
  },
  {
    rule: 'R9',
    objects: granted(
      ['app.event_bounds()', 'app.event_position(timestamp with time zone)'],
      [...SESSIONS, 'tm_background'],
    ),
    reason: 'They answer places in the stream, which clients get enciphered, and nothing of what is there.',
  },
  {
    rule: 'R9',
    objects: [
      'app.event_audience(uuid[], uuid[], text[])',
      'app.relay_events(integer)',
      'app.event_lag()',
      'app.trim_events(interval, integer)',
      'app.notice_due_tasks(interval)',
    ].map((name) => `${name} to tm_background`),
    reason: 'The work of the stream, which belongs to no user; each asks for the reason of the background session.',
  },
  {
    rule: 'R9',
    objects: ['app.rights_in_teams(uuid[], uuid[])', 'app.user_rights(uuid)'].map((name) => `${name} to tm_background`),
    reason:
      'Whether a webhook may still be sent what its owner may see, and what a sister service may let a user do; they ask for a system reason.',
  },
  {
    rule: 'R13',
    objects: ['public.api_keys.api_keys_rotated_from_fkey'],
    reason: 'It names the key that was rotated. The ids are random, so trying them out tells nothing.',
  },
  {
    rule: 'R14',
    objects: ['public.users.users_username_key', 'public.users.users_email_key'],
    reason: 'People are global: one person is a member of several teams.',
  },
  {
    rule: 'R14',
    objects: [
      'public.user_roles.user_roles_role_name_key',
      'public.migrations.migrations_pkey',
      'public.migration_files.migration_files_pkey',
      'public.webhook_dispatch.webhook_dispatch_pkey',
    ],
    reason: 'Rows that belong to no tenant.',
  },
  {
    rule: 'R14',
    objects: [
      'public.api_keys.api_keys_key_hash_key',
      'public.ingest_keys.ingest_keys_key_hash_key',
      ...['refresh', 'previous_refresh', 'family', 'token'].map((one) => `public.sessions.sessions_${one}_hash_key`),
      'public.mail_tokens.mail_tokens_token_hash_key',
      'public.invites.invites_token_hash_key',
    ],
    reason: 'Hashes of secrets that nobody can guess, looked up before there is a session.',
  },
  {
    rule: 'R14',
    objects: ['public.user_identities.user_identities_issuer_subject_key'],
    reason:
      'A subject of an issuer is one person. Only administrators can try one out; others come with a token of it.',
  },
  {
    rule: 'R14',
    objects: ['public.teams.teams_personal_key'],
    reason: 'The owner is the tenant of a personal team.',
  },
  {
    rule: 'R14',
    objects: ['public.request_budgets.request_budgets_pkey', 'public.broker_positions.broker_positions_pkey'],
    reason: "The service's own bookkeeping, which only background jobs write; it belongs to no tenant.",
  },
  {
    rule: 'R14',
    objects: ['public.events.events_pkey', 'public.event_relay.event_relay_pkey'],
    reason: 'The relay alone writes them, so nobody can try what is taken.',
  },
  {
    rule: 'R17',
    objects: ['events_select_policy on public.events, needs', 'events_admin_select_policy on public.events, needs'],
    reason: 'It passes over some of the events that the team or the position has found; they are few kinds.',
  },
  {
    rule: 'R14',
    objects: [
      'migrations.migrations_pkey',
      '_private_jobs.jobs_pkey1',
      '_private_jobs.jobs_key_key1',
      '_private_job_queues.job_queues_pkey1',
      '_private_job_queues.job_queues_queue_name_key',
      '_private_known_crontabs.known_crontabs_pkey',
      '_private_tasks.tasks_pkey',
      '_private_tasks.tasks_identifier_key',
    ].map((name) => `graphile_worker.${name}`),
    reason: 'Jobs belong to no tenant; no role that serves people has a grant on them.',
  },
  {
    rule: 'R17',
    objects: [
      'teams_delete_policy on public.teams, is_personal',
      'teams_admin_delete_policy on public.teams, is_personal',
    ],
    reason: 'It refuses a row that the id or the owner has already found.',
  },
  {
    rule: 'R18',
    objects: ['public to tm_owner', 'app to tm_auth', 'app to tm_search'],
    reason: 'The owner makes the tables; the others own the definer functions and nobody runs as them.',
  },
  {
    rule: 'R24',
    objects: ['public.audit_logs'],
    reason: 'The trail itself: nobody changes it but app.record_audit, which only adds.',
  },
  {
    rule: 'R24',
    objects: ['public.migrations', 'public.migration_files', 'public.performance_metrics'],
    reason:
      "The service's own records of what it has run and measured; they belong to nobody and no person writes them.",
  },
  {
    rule: 'R24',
    objects: ['public.idempotency_keys'],
    reason:
      'Copies of answers for 24 hours: they may hold a key that is shown once, and the change they answer for is in the trail.',
  },
  {
    rule: 'R24',
    objects: ['occurrences', 'hourly_counts', 'users', 'releases', 'resolutions'].map((name) => `public.error_${name}`),
    reason:
      'Counts, samples and the history of an error, which functions alone write; what people change is in the trail of error_logs.',
  },
  {
    rule: 'R24',
    objects: ['public.request_budgets', 'public.broker_positions'],
    reason:
      'What instances have spent of a minute, and how far a broker has got: no person writes it, and it changes all the time.',
  },
  {
    rule: 'R24',
    objects: ['public.events', 'public.event_relay'],
    reason: 'Made from the trail: what they say is in it.',
  },
  {
    rule: 'R24',
    objects: ['public.task_flow', 'public.task_flow_deltas'],
    reason: 'Sums of what tasks did, which no person writes; the tasks themselves leave the trail.',
  },
  {
    rule: 'R24',
    objects: ['public.webhook_deliveries', 'public.webhook_attempts', 'public.webhook_dispatch'],
    reason:
      'The log of what was sent, and how far it has come. The trail is what events are made of: a row there for each delivery would be an event to deliver.',
  },
  {
    rule: 'R24',
    objects: ['migrations', '_private_jobs', '_private_job_queues', '_private_known_crontabs', '_private_tasks'].map(
      (name) => `graphile_worker.${name}`,
    ),
    reason: 'What is to be done next; no person writes it, and what comes of it leaves its own trail.',
  },
];
