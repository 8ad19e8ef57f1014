import { NOBODY } from './subject.js';
import type { Subject } from './subject.js';
import { webhookSubjects } from './webhook-subjects.js';
import type { Belongings, World } from './world.js';
import { auditRowIn, NEWCOMER } from './world.js';

export { NOBODY } from './subject.js';
export type { Subject } from './subject.js';

const id = (column: keyof Belongings): Pick<Subject, 'row' | 'absent' | 'key'> => ({
  row: (p) => `id = '${String(p[column])}'`,
  absent: `id = '${NOBODY}'`,
  key: 'id',
});

const toTeam = (to: Belongings): string => `team_id = '${to.home}'`;
const toUser = (to: Belongings): string => `user_id = '${to.user}'`;

const audit: Subject = {
  ...id('audit'),
  insert: (p) => `(team_id, table_name, operation) values ('${p.team}', 'tasks', 'INSERT')`,
  set: `operation = 'UPDATE'`,
  move: (to) => `team_id = '${to.team}'`,
};

const task: Subject = {
  ...id('leaf'),
  insert: (p) => `(team_id, title, created_by) values ('${p.home}', 'new', '${p.user}')`,
  set: `title = 'changed'`,
  move: toTeam,
};

const work: Record<string, Subject> = {
  'public.tasks': task,
  'public.active_tasks': task,
  'public.tags': {
    ...id('tag'),
    insert: (p) => `(team_id, name) values ('${p.home}', 'new')`,
    set: `color = '#00ff00'`,
    move: toTeam,
  },
  'public.projects': {
    row: (p) => `team_id = '${p.home}' and project_key = '${p.project}'`,
    absent: `team_id = '${NOBODY}' and project_key = 'none'`,
    key: 'project_key',
    insert: (p) => `(team_id, project_key, name) values ('${p.home}', 'new', 'new')`,
    set: `name = 'changed'`,
    move: toTeam,
  },
  'public.task_lists': {
    row: (p) => `team_id = '${p.home}' and project_key = '${p.listProject}'`,
    absent: `team_id = '${NOBODY}' and project_key = 'none'`,
    key: 'list',
    insert: (p) => `(team_id, project_key, list) values ('${p.home}', '${p.listProject}', 'new')`,
    set: 'position = 1',
    move: toTeam,
  },
  'public.task_exchanges': {
    row: (p) => `team_id = '${p.home}' and project_key = '${p.listProject}'`,
    absent: `team_id = '${NOBODY}' and project_key = 'none'`,
    key: 'source',
    insert: (p) =>
      `(team_id, project_key, list, source, direction, digest, tasks) values ('${p.home}', '${p.listProject}', 'master', 'new', 'import', 'x', '{}')`,
    set: `exchanged_at = now()`,
    move: toTeam,
  },
  'public.task_dependencies': {
    row: (p) => `team_id = '${p.home}' and parent_task_id = '${p.trunk}' and child_task_id = '${p.branch}'`,
    absent: `team_id = '${NOBODY}' and parent_task_id = '${NOBODY}'`,
    key: 'child_task_id',
    insert: (p) => `(team_id, parent_task_id, child_task_id) values ('${p.home}', '${p.branch}', '${p.leaf}')`,
    set: 'created_at = now()',
    move: toTeam,
  },
  'public.task_contexts': {
    ...id('context'),
    insert: (p) => `(team_id, task_id, context_type) values ('${p.home}', '${p.trunk}', 'new')`,
    set: `context_type = 'changed'`,
    move: toTeam,
  },
  'public.task_comments': {
    ...id('comment'),
    insert: (p) => `(team_id, task_id, user_id, content) values ('${p.home}', '${p.trunk}', '${p.user}', 'new')`,
    set: `content = 'changed'`,
    move: toTeam,
  },
  'public.task_leases': {
    row: (p) => `team_id = '${p.home}' and task_id = '${p.trunk}'`,
    absent: `team_id = '${NOBODY}' and task_id = '${NOBODY}'`,
    key: 'task_id',
    insert: (p) => `(team_id, task_id, expires_at) values ('${p.home}', '${p.leaf}', now())`,
    set: 'fence = fence + 1',
    move: toTeam,
  },
  'public.workflow_states': {
    ...id('workflow'),
    insert: (p) => `(team_id, task_id, workflow_name, step_name) values ('${p.home}', '${p.trunk}', 'w', 's')`,
    set: `state = 'running'`,
    move: toTeam,
  },
  'public.validation_results': {
    ...id('validation'),
    insert: (p) => `(team_id, task_id, validation_type) values ('${p.home}', '${p.trunk}', 'syntax')`,
    set: `validation_status = 'running'`,
    move: toTeam,
  },
  'public.validation_attempts': {
    ...id('attempt'),
    insert: (p) =>
      `(team_id, validation_result_id, attempt, validation_status) values ('${p.home}', '${p.validation}', 2, 'failed')`,
    set: `error_message = 'changed'`,
    move: toTeam,
  },
  'public.validation_findings': {
    ...id('finding'),
    insert: (p) =>
      `(team_id, validation_result_id, message, fingerprint) values ('${p.home}', '${p.validation}', 'm', 'f')`,
    set: `state = 'existing'`,
    move: toTeam,
  },
  'public.error_logs': {
    ...id('error'),
    insert: (p) =>
      `(team_id, error_code, error_category, error_severity, error_message) values ('${p.home}', 'E', 'c', 'error', 'm')`,
    set: `resolution_status = 'ignored'`,
    move: toTeam,
  },
};

const ofError = (p: Belongings): string => `team_id = '${p.home}' and error_id = '${p.error}'`;
const ofNoError = `team_id = '${NOBODY}' and error_id = '${NOBODY}'`;

const errors: Record<string, Subject> = {
  'public.error_occurrences': {
    ...id('occurrence'),
    insert: (p) =>
      `(team_id, error_id, number, occurred_at, error_message) values ('${p.home}', '${p.error}', 2, now(), 'm')`,
    set: `error_message = 'changed'`,
    move: toTeam,
  },
  'public.error_hourly_counts': {
    row: ofError,
    absent: ofNoError,
    key: 'hour',
    insert: (p) => `(team_id, error_id, hour, occurrence_count) values ('${p.home}', '${p.error}', now(), 1)`,
    set: 'occurrence_count = 2',
    move: toTeam,
  },
  'public.error_users': {
    row: ofError,
    absent: ofNoError,
    key: 'user_hash',
    insert: (p) => `(team_id, error_id, user_hash) values ('${p.home}', '${p.error}', sha256('new'))`,
    set: 'first_seen_at = now()',
    move: toTeam,
  },
  'public.error_releases': {
    row: (p) => `team_id = '${p.home}' and service_version = '${p.error}'`,
    absent: `team_id = '${NOBODY}' and service_version = 'none'`,
    key: 'service_version',
    insert: (p) => `(team_id, project_key, service_name, service_version) values ('${p.home}', '', '', 'new')`,
    set: 'first_seen_at = now()',
    move: toTeam,
  },
  'public.error_resolutions': {
    ...id('resolution'),
    insert: (p) =>
      `(team_id, error_id, from_status, to_status, cause) values ('${p.home}', '${p.error}', 'resolved', 'ignored', 'user')`,
    set: `notes = 'changed'`,
    move: toTeam,
  },
};

/** Sums by project among others: each person has a separate project. */
const flow: Subject = {
  row: (p) => `team_id = '${p.home}' and project_key = '${p.project}'`,
  absent: `team_id = '${NOBODY}' and project_key = 'none'`,
  key: 'n',
  insert: (p) =>
    `(team_id, type, priority, moment, from_status, to_status, n) values ('${p.home}', 't', 0, now(), 'new', 'pending', 1)`,
  set: 'n = 2',
  move: toTeam,
};

const counts: Record<string, Subject> = {
  'public.task_flow_deltas': flow,
  'public.task_flow': {
    ...flow,
    insert: (p) =>
      `(team_id, grain, type, priority, moment, from_status, to_status, n) values ('${p.home}', 'ever', 't', 0, now(), 'new', 'pending', 1)`,
  },
};

const stream: Record<string, Subject> = {
  'public.events': {
    row: (p) => `position = ${p.event}`,
    absent: 'position = 0',
    key: 'position',
    insert: (p) =>
      `(position, event_id, team_id, type, needs, record_id, occurred_at, published_at, body)
       values (-99, '${p.audit}', '${p.home}', 'task.created', 'tasks:read', '${p.trunk}', now(), now(), '{}')`,
    set: `body = '{"changed":1}'`,
    move: toTeam,
  },
  // One row for everybody.
  'public.event_relay': {
    row: () => 'id',
    absent: 'not id',
    key: 'position',
    insert: () => `(id, snapshot, system_identifier) values (false, '1:1:', 0)`,
    set: 'position = 0',
    move: () => 'floor_seq = 1',
  },
  'public.task_due_notices': {
    row: (p) => `team_id = '${p.home}' and task_id = '${p.trunk}'`,
    absent: `team_id = '${NOBODY}' and task_id = '${NOBODY}'`,
    key: 'task_id',
    insert: (p) => `(team_id, task_id, due_date) values ('${p.home}', '${p.leaf}', now())`,
    set: 'due_date = now()',
    move: toTeam,
  },
};

const identity: Record<string, Subject> = {
  'public.users': {
    ...id('user'),
    insert: (p) =>
      `(username, email, name, role_id) values ('new', 'new@example.com', 'new', ${p.user === NOBODY ? `'${NOBODY}'` : `'${p.role}'`})`,
    set: `name = 'changed'`,
    move: (_to, world) => `role_id = '${world.adminRole}'`,
  },
  'public.user_roles': {
    ...id('role'),
    insert: () => `(role_name) values ('new')`,
    set: `role_description = 'changed'`,
    move: () => `permissions = '["*"]'`,
  },
  'public.api_keys': {
    ...id('apiKey'),
    insert: (p) => `(user_id, name, prefix, key_hash) values ('${p.user}', 'new', 'tm_', sha256('new'))`,
    set: `name = 'changed'`,
    setInBackground: 'last_used_at = now()',
    move: toUser,
  },
  'public.sessions': {
    ...id('session'),
    insert: (p) => `(user_id, refresh_hash, expires_at) values ('${p.user}', sha256('new'), now() + interval '1 day')`,
    set: 'revoked_at = now()',
    move: toUser,
  },
  'public.user_identities': {
    ...id('identity'),
    insert: (p) => `(user_id, issuer, subject) values ('${p.user}', 'https://another.example', '${p.user}')`,
    set: `email = 'changed@example.com'`,
    move: toUser,
  },
  'public.consents': {
    ...id('consent'),
    insert: (p) => `(user_id, purpose, version, is_given) values ('${p.user}', 'new', '1', true)`,
    set: 'is_given = false',
    move: toUser,
  },
  'public.mail_tokens': {
    ...id('mailToken'),
    insert: (p) =>
      `(user_id, purpose, token_hash, email, expires_at)
       values ('${p.user}', 'verify_email', sha256('new'), 'new@example.com', now())`,
    set: `email = 'changed@example.com'`,
    move: toUser,
  },
  'public.second_factors': {
    row: (p) => `user_id = '${p.user}'`,
    absent: `user_id = '${NOBODY}'`,
    key: 'user_id',
    insert: () => `(user_id, sealed_secret) values ('${NEWCOMER}', 'sealed')`,
    set: 'confirmed_at = null',
    move: () => `user_id = '${NEWCOMER}'`,
  },
  'public.recovery_codes': {
    row: (p) => `user_id = '${p.user}'`,
    absent: `user_id = '${NOBODY}'`,
    key: 'user_id',
    insert: (p) => `(user_id, code_hash) values ('${p.user}', sha256('new'))`,
    set: `code_hash = sha256('changed')`,
    move: toUser,
  },
  'public.invites': {
    ...id('invite'),
    insert: (p) =>
      `(team_id, email, role, token_hash, created_by)
       values ('${p.team}', 'new@example.com', 'member', sha256('new'), '${p.user}')`,
    set: 'revoked_at = now()',
    move: toTeam,
  },
  'public.oauth_grants': {
    ...id('oauthGrant'),
    insert: (p) =>
      `(id, user_id, client_id, client_name, resource, scopes, expires_at)
       values (gen_random_uuid(), '${p.user}', 'new', 'New', 'https://tasks.example', '[]', now())`,
    set: 'revoked_at = now()',
    move: toUser,
  },
  'public.oauth_records': {
    row: (p) => `kind = 'RefreshToken' and id_hash = sha256('${p.oauthGrant}')`,
    absent: `kind = 'RefreshToken' and id_hash = sha256('${NOBODY}')`,
    key: 'kind',
    insert: (p) =>
      `(kind, id_hash, grant_id, payload, expires_at) values ('new', sha256('new'), '${p.oauthGrant}', 'x', now())`,
    set: 'consumed_at = now()',
    move: (to) => `grant_id = '${to.oauthGrant}'`,
  },
  'public.idempotency_keys': {
    row: (p) => `user_id = '${p.user}' and key = 'k'`,
    absent: `user_id = '${NOBODY}' and key = 'k'`,
    key: 'key',
    insert: (p) => `(user_id, key, fingerprint) values ('${p.user}', 'new', 'f')`,
    set: 'status = 201',
    move: toUser,
  },
  'public.teams': {
    ...id('team'),
    insert: (p) => `(name, owner_id) values ('new', '${p.user}')`,
    set: `name = 'changed'`,
    move: (to) => `owner_id = '${to.user}'`,
  },
  'public.team_members': {
    row: (p) => `team_id = '${p.team}' and user_id = '${p.colleague}'`,
    absent: `team_id = '${NOBODY}' and user_id = '${NOBODY}'`,
    key: 'user_id',
    insert: (p) => `(team_id, user_id) values ('${p.team}', '${NEWCOMER}')`,
    set: `role = 'owner'`,
    move: (to) => `team_id = '${to.team}'`,
  },
};

const service: Record<string, Subject> = {
  'public.audit_logs': audit,
  'public.performance_metrics': {
    ...id('metric'),
    insert: () => `(metric_name, metric_value) values ('new', 1)`,
    set: `metric_unit = 's'`,
    move: () => `labels = '{"team": "other"}'`,
  },
  'public.request_budgets': {
    row: (p) => `subject = '${p.metric}'`,
    absent: `subject = 'none'`,
    key: 'subject',
    insert: () => `(subject, period, budget, used, granted) values ('new', 1, 1, 0, 0)`,
    set: 'used = 2',
    move: () => 'granted = 2',
  },
  'public.broker_positions': {
    row: (p) => `broker = '${p.metric}'`,
    absent: `broker = 'none'`,
    key: 'broker',
    insert: () => `(broker) values ('new')`,
    set: 'position = 2',
    move: () => 'leased_until = now()',
  },
  'public.migrations': {
    row: (p) => `id = ${p.migration}`,
    absent: 'id = 0',
    key: 'id',
    insert: () => `("timestamp", name) values (1, 'new')`,
    set: `name = 'changed'`,
    move: () => '"timestamp" = 1',
  },
  'public.migration_files': {
    row: (p) => `name = 'functions/${['new_id', 'touch_row', 'narrow'][p.migration - 1] ?? ''}.sql'`,
    absent: `name = 'none'`,
    key: 'name',
    insert: () => `(name, checksum) values ('new', 'new')`,
    set: `checksum = 'changed'`,
    move: () => `checksum = 'moved'`,
  },
};

const tables: Record<string, Subject> = {
  ...work,
  ...errors,
  ...counts,
  ...stream,
  ...webhookSubjects,
  ...identity,
  ...service,
};

/** Partition names contain a month, so they come from the catalogue; each has its own rows. */
export function subjectsOf({ auditPartitions }: World): Record<string, Subject> {
  const partitions = auditPartitions.map((name): [string, Subject] => [
    name,
    { ...audit, row: (p) => `id = ${auditRowIn(name, p)}` },
  ]);
  return { ...tables, ...Object.fromEntries(partitions) };
}
