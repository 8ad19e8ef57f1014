import type { PersonalTable } from './personal-table.js';
import { actor, fact, factHidden, kept, text, textHidden } from './personal-table.js';

const TEAM = 'Until the team deletes it, or with the personal team.';
const NONE = 'false';
const ID = 'Identifies the row.';
const TIMES = 'Order and change detection.';
const REPORTED = 'What a tool or a program reported.';

const valuesOfOwnRecord = (column: string): string =>
  `case when p_user::text in (t.record_id::text, coalesce(t.new_values, t.old_values) ->> 'user_id') then t.${column} end`;

/** What programs report and the service records: results, errors, deliveries, the trail, the stream and the queue. */
export const recordsOfPeople: Readonly<Record<string, PersonalTable>> = {
  validation_results: {
    about: 'Results of tools that checked a task.',
    retention: TEAM,
    rows: 't.created_by = p_user',
    classes: [
      fact('id team_id task_id project_key commit_sha', ID),
      text('external_id tool_name branch details_url validation_data validation_environment metadata', REPORTED),
      text('error_message error_details', REPORTED),
      actor('created_by', 'Who reported it.'),
      fact('validation_type validation_status validation_score claude_code_version execution_time_ms', REPORTED),
      factHidden('retry_count attempt finding_counts recorded_at', 'Derived.'),
      fact('started_at completed_at version created_at updated_at', TIMES),
    ],
  },
  validation_attempts: {
    about: 'Earlier attempts of a result.',
    retention: TEAM,
    rows: 't.retried_by = p_user',
    classes: [
      fact('id team_id validation_result_id attempt validation_status validation_score', ID),
      text('validation_data validation_environment error_message error_details', REPORTED),
      actor('retried_by', 'Who asked for another attempt.'),
      factHidden('claude_code_version execution_time_ms finding_counts', REPORTED),
      fact('started_at completed_at created_at', TIMES),
    ],
  },
  validation_findings: {
    about: 'Findings of a result.',
    retention: TEAM,
    rows: NONE,
    classes: [
      factHidden('id team_id validation_result_id attempt position rule severity fingerprint', ID),
      factHidden('start_line start_column end_line end_column state suppressed carried created_at', 'Where it is.'),
      textHidden('file message details', REPORTED),
    ],
  },
  error_logs: {
    about: 'Errors of the programs that a team observes.',
    retention: 'What it holds of people: 30 days once it is resolved, a year otherwise. The counts stay.',
    rows: 't.assignee_id = p_user',
    classes: [
      fact('id team_id project_key task_id validation_result_id workflow_state_id', ID),
      fact('error_code error_category error_severity resolution_status occurrence_count', REPORTED),
      text('title error_message resolution_notes', REPORTED),
      textHidden('error_details stack_trace context_data metadata', REPORTED),
      textHidden('user_id session_id user_agent', 'Whom the error met; what that says is up to the observed program.'),
      factHidden(
        'ip_address',
        'Where the error met somebody: a user of the observed program, whom only the team knows.',
      ),
      actor('assignee_id', 'Who looks after it.'),
      text('resolved_by', 'Who resolved it, in words.'),
      factHidden('fingerprint fingerprint_version fingerprint_source merged_into users_affected search', 'Grouping.'),
      factHidden('resolved_in_version resolved_in_next_release ignored_until', 'When it counts as solved.'),
      factHidden('ignored_until_count ignored_until_users environment', 'When it counts as solved, and where.'),
      factHidden('service_name service_version first_service_version', 'Which program.'),
      fact('resolved_at first_occurred_at last_occurred_at version created_at updated_at', TIMES),
    ],
  },
  error_occurrences: {
    about: 'Samples of errors.',
    retention: '30 days once the error is resolved, a year otherwise.',
    rows: NONE,
    classes: [
      factHidden('id team_id error_id number occurred_at received_at service_name service_version', ID),
      textHidden('error_message error_details stack_trace context_data metadata', REPORTED),
      textHidden('user_id session_id user_agent', 'Whom the error met; what that says is up to the observed program.'),
      factHidden(
        'ip_address',
        'Where the error met somebody: a user of the observed program, whom only the team knows.',
      ),
    ],
  },
  error_users: {
    about: 'How many people an error met, as hashes.',
    retention: 'Like the occurrences.',
    rows: NONE,
    classes: [
      kept('team_id error_id first_seen_at', ID, 'It describes the error.'),
      factHidden('user_hash', 'Counts each user of the observed program once; a hash of what that program calls them.'),
    ],
  },
  error_resolutions: {
    about: 'What became of errors.',
    retention: 'With the error.',
    rows: 't.changed_by = p_user',
    classes: [
      fact('id team_id error_id changed_at from_status to_status cause service_version', ID),
      actor('changed_by', 'Who changed it.'),
      text('notes', 'Why.'),
    ],
  },
  user_roles: {
    about: 'Roles. Administrators may note in one whom it is for.',
    retention: 'Until an administrator deletes it.',
    rows: NONE,
    classes: [
      factHidden(
        'id role_name permissions built_in_permissions permission_list is_active version created_at updated_at',
        ID,
      ),
      textHidden('role_description', 'What the role is for.'),
    ],
  },
  webhooks: {
    about: 'Where events are sent.',
    retention: TEAM,
    rows: 't.owner_id = p_user',
    classes: [
      fact('id team_id scopes event_types project_key is_enabled disabled_reason disabled_at', ID),
      text('url description', 'Where to, and what for.'),
      actor('owner_id', 'Whose rights decide what is sent.'),
      factHidden('since_position failure_count failing_since paused_until last_delivered_at', 'Delivery.'),
      fact('version created_at updated_at', TIMES),
    ],
  },
  webhook_attempts: {
    about: 'Attempts to deliver an event.',
    retention: 'WEBHOOK_RETENTION_DAYS (30).',
    rows: NONE,
    classes: [
      factHidden('id team_id delivery_id number started_at duration_ms response_status error', ID),
      textHidden('response_excerpt', 'What the receiver answered.'),
    ],
  },
  events: {
    about: 'The stream of events, made from the trail.',
    retention: 'EVENTS_RETENTION_DAYS (7).',
    rows: NONE,
    classes: [
      factHidden('position event_id team_id type needs project_id project_key record_id task_id', 'Order and access.'),
      factHidden('occurred_at published_at', TIMES),
      textHidden('body', 'The event: the resource as it became. Those of deleted teams keep no data.'),
    ],
  },
  audit_logs: {
    about: 'The audit trail.',
    retention: 'AUDIT_RETENTION_DAYS (90).',
    rows: '(t.user_id = p_user or t.record_id = p_user)',
    // What somebody did to the records of others tells of those others.
    expressions: { old_values: valuesOfOwnRecord('old_values'), new_values: valuesOfOwnRecord('new_values') },
    classes: [
      fact('id occurred_at team_id table_name record_id record_key operation', 'What was changed, and when.'),
      kept('user_id', 'Who changed it.', 'A random identifier that names nobody once the account is gone.'),
      text('old_values new_values', 'The record before and after; accounts and deleted teams keep only identifiers.'),
      actor('ip_address user_agent session_id', 'How the change came.'),
      kept('request_id', 'To find the request in logs.', 'Random, and logs hold no names.'),
      factHidden('actor reason xid seq', 'Which role wrote, why, and in which order.'),
    ],
  },
  'graphile_worker._private_jobs': {
    about: 'The queue: mail that is sealed, and identifiers.',
    retention: 'Until the job is done.',
    rows: NONE,
    classes: [
      factHidden('id job_queue_id task_id priority run_at attempts max_attempts created_at updated_at', 'Order.'),
      factHidden('payload', 'Identifiers, and mail under a key that PostgreSQL does not have.'),
      textHidden('last_error', 'Why the last attempt failed; a mail server may name the address.'),
      factHidden('key locked_at locked_by revision flags is_available', 'Order.'),
    ],
  },
};

/** Tables that hold nothing about people, and why. */
export const impersonalTables: Readonly<Record<string, string>> = {
  broker_positions: 'How far a broker has got.',
  error_hourly_counts: 'Counts.',
  error_releases: 'Versions of observed programs.',
  event_relay: 'How far the relay has got.',
  migration_files: 'What was migrated.',
  migrations: 'What was migrated.',
  performance_metrics: 'Measurements of the service by route and pool.',
  request_budgets: 'Counters of a minute; addresses and credentials are keyed hashes.',
  task_due_notices: 'Which task was due.',
  webhook_deliveries: 'Which event was sent when; the event itself is in the stream.',
  webhook_dispatch: 'How far webhooks have got.',
  webhook_secrets: 'Sealed secrets of webhooks.',
  'graphile_worker.migrations': 'The version of the queue.',
  'graphile_worker._private_job_queues': 'Names of queues.',
  'graphile_worker._private_known_crontabs': 'Names of periodic jobs.',
  'graphile_worker._private_tasks': 'Names of jobs.',
};
