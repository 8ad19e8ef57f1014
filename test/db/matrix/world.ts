import { randomUUID } from 'node:crypto';
import type pg from 'pg';

/** A user without a team except the personal one. */
export const NEWCOMER = '00000000-0000-7000-8000-000000000001';

/** Two tenants: team A with five actors and their mate, team B with the foreigner. */
export const people = ['viewer', 'developer', 'api_client', 'reporter', 'admin', 'mate', 'foreigner'] as const;
export type Person = (typeof people)[number];
export type Credential = 'viewer' | 'developer' | 'narrowed' | 'api_client' | 'reporter' | 'admin' | 'narrowed_admin';

/** The rows of one person. Every id is known, so a cell can address a row that its actor cannot see. */
export interface Belongings {
  readonly user: string;
  /** Team A or B. */
  readonly home: string;
  /** The team that the person owns: A for the mate, B for the foreigner. */
  readonly team: string;
  /** An ordinary member of that team. */
  readonly colleague: string;
  readonly project: string;
  readonly listProject: string;
  readonly trunk: string;
  readonly branch: string;
  readonly leaf: string;
  readonly tag: string;
  readonly context: string;
  readonly comment: string;
  readonly workflow: string;
  readonly validation: string;
  readonly attempt: string;
  readonly finding: string;
  readonly error: string;
  readonly occurrence: string;
  readonly resolution: string;
  readonly webhook: string;
  readonly webhookSecret: string;
  readonly delivery: string;
  readonly deliveryAttempt: string;
  readonly audit: string;
  readonly apiKey: string;
  readonly ingestKey: string;
  /** A team of the person with a project that errors are reported to, and its key. */
  readonly keyTeam: string;
  readonly keyProject: string;
  readonly session: string;
  readonly identity: string;
  readonly consent: string;
  readonly mailToken: string;
  readonly invite: string;
  readonly oauthGrant: string;
  readonly role: string;
  readonly metric: string;
  readonly migration: number;
  /** The position of an event of the home team, outside the range that a running relay uses. */
  readonly event: number;
}

export interface World {
  readonly of: Record<Person, Belongings>;
  readonly credentials: Record<Credential, { user: string; credential: string }>;
  readonly adminRole: string;
  readonly auditPartitions: readonly string[];
}

export async function makeWorld(superuser: pg.Client): Promise<World> {
  const roles = await roleIds(superuser);
  const shared = { a: randomUUID(), b: randomUUID(), colleague: randomUUID(), stranger: randomUUID() };
  const of = Object.fromEntries(people.map((person, i) => [person, belongings(person, shared, roles, i)])) as Record<
    Person,
    Belongings
  >;
  for (const [person, ids] of Object.entries(of)) {
    await addUser(superuser, ids.user, person, roles.get(CUSTOM_ROLES[person] ?? person) ?? roles.get('developer'));
  }
  await addUser(superuser, shared.colleague, 'colleague', roles.get('developer'));
  await addUser(superuser, shared.stranger, 'stranger', roles.get('developer'));
  await addUser(superuser, NEWCOMER, 'newcomer', roles.get('viewer'));
  for (const ids of Object.values(of)) await addTeam(superuser, ids);
  for (const ids of Object.values(of)) await addRows(superuser, ids);
  const auditPartitions = await fillAuditPartitions(superuser, Object.values(of));
  await superuser.query('analyze');
  const credentials = await addCredentials(superuser, of);
  return { of, credentials, adminRole: roles.get('admin') ?? '', auditPartitions };
}

/** The reporter of the matrix also reads errors, which the built-in role of this name may not. */
const CUSTOM_ROLES: Readonly<Record<string, string>> = { reporter: 'errors' };

async function roleIds(superuser: pg.Client): Promise<Map<string, string>> {
  await superuser.query(
    `insert into public.user_roles (role_name, permissions)
     values ('auditor', '[]'), ('contractor', '[]'), ('errors', '["errors:read","errors:write"]')`,
  );
  const { rows } = await superuser.query<{ id: string; role_name: string }>(
    'select id, role_name from public.user_roles',
  );
  return new Map(rows.map((row) => [row.role_name, row.id]));
}

function belongings(
  person: Person,
  shared: { a: string; b: string; colleague: string; stranger: string },
  roles: Map<string, string>,
  place: number,
): Belongings {
  const home = person === 'foreigner' ? shared.b : shared.a;
  const owned: Partial<Record<Person, string>> = { mate: shared.a, foreigner: shared.b };
  // Roles belong to no tenant: the mate's and the foreigner's are two that nobody holds.
  const role = { mate: 'auditor', foreigner: 'contractor', ...CUSTOM_ROLES }[person as string] ?? person;
  const ids = [
    'user',
    'trunk',
    'branch',
    'leaf',
    'tag',
    'context',
    'comment',
    'workflow',
    'validation',
    'attempt',
    'finding',
    'error',
    'occurrence',
    'resolution',
    'webhook',
    'webhookSecret',
    'delivery',
    'deliveryAttempt',
    'audit',
    'apiKey',
    'ingestKey',
    'keyTeam',
    'session',
    'identity',
    'consent',
    'mailToken',
    'invite',
    'oauthGrant',
    'metric',
  ];
  return {
    ...Object.fromEntries(ids.map((name) => [name, randomUUID()])),
    home,
    team: owned[person] ?? randomUUID(),
    colleague: person === 'foreigner' ? shared.stranger : shared.colleague,
    project: `project-${person}`,
    listProject: `lists-${person}`,
    keyProject: `reported-${person}`,
    role: roles.get(role),
    migration: (place % 3) + 1,
    event: -1 - place,
  } as Belongings;
}

async function addUser(superuser: pg.Client, id: string, name: string, role: string | undefined): Promise<void> {
  await superuser.query(
    `insert into public.users (id, username, email, name, role_id) values ($1, $2::text, $2::text || '@example.com', $2::text, $3)`,
    [id, name, role],
  );
}

async function addTeam(superuser: pg.Client, ids: Belongings): Promise<void> {
  await superuser.query(`insert into public.teams (id, name, owner_id) values ($1, 'team', $2)`, [ids.team, ids.user]);
  await superuser.query(
    `insert into public.team_members (team_id, user_id, role) values ($1, $2, 'owner'), ($1, $3, 'member')`,
    [ids.team, ids.user, ids.colleague],
  );
}

async function addRows(superuser: pg.Client, p: Belongings): Promise<void> {
  const statements = [
    `insert into public.team_members (team_id, user_id) values ('${p.home}', '${p.user}') on conflict do nothing`,
    `insert into public.projects (team_id, project_key, name)
     values ('${p.home}', '${p.project}', 'p'), ('${p.home}', '${p.listProject}', 'l')`,
    `insert into public.task_lists (team_id, project_key) values ('${p.home}', '${p.listProject}')`,
    `insert into public.task_exchanges (team_id, project_key, list, source, direction, digest, tasks)
     values ('${p.home}', '${p.listProject}', 'master', 'here', 'import', 'x', '{}')`,
    `insert into public.tasks (id, team_id, title, created_by)
     values ('${p.trunk}', '${p.home}', 'trunk', '${p.user}'), ('${p.branch}', '${p.home}', 'branch', '${p.user}'),
            ('${p.leaf}', '${p.home}', 'leaf', '${p.user}')`,
    `insert into public.tags (id, team_id, name) values ('${p.tag}', '${p.home}', 'tag ${p.tag}')`,
    `insert into public.task_dependencies (team_id, parent_task_id, child_task_id)
     values ('${p.home}', '${p.trunk}', '${p.branch}')`,
    `insert into public.task_contexts (id, team_id, task_id, context_type)
     values ('${p.context}', '${p.home}', '${p.trunk}', 'note')`,
    `insert into public.task_comments (id, team_id, task_id, user_id, content)
     values ('${p.comment}', '${p.home}', '${p.trunk}', '${p.user}', 'comment')`,
    `insert into public.task_leases (team_id, task_id, holder_id, expires_at)
     values ('${p.home}', '${p.trunk}', '${p.user}', now() + interval '1 day')`,
    `insert into public.workflow_states (id, team_id, task_id, workflow_name, step_name)
     values ('${p.workflow}', '${p.home}', '${p.trunk}', 'w', 's')`,
    `insert into public.validation_results (id, team_id, task_id, validation_type)
     values ('${p.validation}', '${p.home}', '${p.trunk}', 'syntax')`,
    `insert into public.validation_attempts (id, team_id, validation_result_id, attempt, validation_status)
     values ('${p.attempt}', '${p.home}', '${p.validation}', 1, 'failed')`,
    `insert into public.validation_findings (id, team_id, validation_result_id, message, fingerprint)
     values ('${p.finding}', '${p.home}', '${p.validation}', 'm', 'f')`,
    `insert into public.error_logs (id, team_id, error_code, error_category, error_severity, error_message)
     values ('${p.error}', '${p.home}', 'E1', 'c', 'error', 'm')`,
    `insert into public.error_occurrences (id, team_id, error_id, number, occurred_at, error_message)
     values ('${p.occurrence}', '${p.home}', '${p.error}', 1, now(), 'm')`,
    `insert into public.error_hourly_counts (team_id, error_id, hour, occurrence_count)
     values ('${p.home}', '${p.error}', date_trunc('hour', now()), 1)`,
    `insert into public.error_users (team_id, error_id, user_hash) values ('${p.home}', '${p.error}', sha256('u'))`,
    `insert into public.error_releases (team_id, project_key, service_name, service_version)
     values ('${p.home}', '', '', '${p.error}') on conflict do nothing`,
    `insert into public.error_resolutions (id, team_id, error_id, from_status, to_status, cause)
     values ('${p.resolution}', '${p.home}', '${p.error}', 'unresolved', 'resolved', 'user')`,
    `insert into public.task_flow_deltas (team_id, project_key, type, priority, moment, from_status, to_status, n)
     values ('${p.home}', '${p.project}', 't', 0, now(), 'new', 'pending', 1)`,
    `insert into public.task_flow (team_id, grain, project_key, type, priority, moment, from_status, to_status, n)
     values ('${p.home}', 'ever', '${p.project}', 't', 0, '-infinity', 'new', 'pending', 1)`,
    // It starts at an unreachable position of the stream, so nothing is sent.
    `insert into public.webhooks (id, team_id, owner_id, url, since_position)
     values ('${p.webhook}', '${p.team}', '${p.user}', 'https://example.com/', 9223372036854775807)`,
    `insert into public.webhook_secrets (id, team_id, webhook_id, sealed_secret)
     values ('${p.webhookSecret}', '${p.team}', '${p.webhook}', 's')`,
    `insert into public.webhook_deliveries (id, team_id, webhook_id, event_id, event_type, status)
     values ('${p.delivery}', '${p.team}', '${p.webhook}', '${p.delivery}', 'task.created', 'delivered')`,
    `insert into public.webhook_attempts (id, team_id, delivery_id, number, started_at, duration_ms)
     values ('${p.deliveryAttempt}', '${p.team}', '${p.delivery}', 1, now(), 1)`,
    `insert into public.audit_logs (id, team_id, table_name, operation) values ('${p.audit}', '${p.team}', 'tasks', 'INSERT')`,
    `insert into public.events (position, event_id, team_id, type, needs, record_id, occurred_at, published_at, body)
     values (${p.event}, '${p.audit}', '${p.home}', 'task.created', 'tasks:read', '${p.trunk}', now(), now(), '{}')`,
    `insert into public.task_due_notices (team_id, task_id, due_date) values ('${p.home}', '${p.trunk}', now())`,
    `insert into public.api_keys (id, user_id, name, prefix, key_hash)
     values ('${p.apiKey}', '${p.user}', 'spare', 'tm_', sha256('${p.apiKey}'))`,
    `insert into public.teams (id, name, owner_id) values ('${p.keyTeam}', 'keys', '${p.user}')`,
    `insert into public.team_members (team_id, user_id, role) values ('${p.keyTeam}', '${p.user}', 'owner')`,
    `insert into public.projects (team_id, project_key, name) values ('${p.keyTeam}', '${p.keyProject}', 'r')`,
    `insert into public.ingest_keys (id, team_id, project_key, name, prefix, key_hash, created_by)
     values ('${p.ingestKey}', '${p.keyTeam}', '${p.keyProject}', 'spare', 'tmi_', sha256('${p.ingestKey}'), '${p.user}')`,
    `insert into public.sessions (id, user_id, refresh_hash, expires_at)
     values ('${p.session}', '${p.user}', sha256('${p.session}'), now() + interval '1 day')`,
    `insert into public.user_identities (id, user_id, issuer, subject)
     values ('${p.identity}', '${p.user}', 'https://issuer.example', '${p.user}')`,
    `insert into public.consents (id, user_id, purpose, version, is_given)
     values ('${p.consent}', '${p.user}', '${p.user}', '1', true)`,
    `insert into public.mail_tokens (id, user_id, purpose, token_hash, email, expires_at, created_at)
     select '${p.mailToken}', u.id, 'reset_password', sha256('${p.mailToken}'), u.email, now() + interval '1 day',
       now() - interval '1 hour'
     from public.users u
     where u.id = '${p.user}'`,
    `insert into public.second_factors (user_id, sealed_secret, confirmed_at) values ('${p.user}', 'sealed', now())`,
    `insert into public.recovery_codes (user_id, code_hash) values ('${p.user}', sha256('code'))`,
    `insert into public.invites (id, team_id, email, role, token_hash, created_by, sent_at)
     values ('${p.invite}', '${p.team}', '${p.invite}@example.com', 'member', sha256('${p.invite}'), '${p.user}',
       now() - interval '1 hour')`,
    `insert into public.oauth_grants (id, user_id, client_id, client_name, resource, scopes, expires_at)
     values ('${p.oauthGrant}', '${p.user}', 'client', 'Client', 'https://tasks.example', '["tasks:read"]',
       now() + interval '1 day')`,
    `insert into public.oauth_records (kind, id_hash, grant_id, payload, expires_at)
     values ('RefreshToken', sha256('${p.oauthGrant}'), '${p.oauthGrant}', 'sealed', now() + interval '1 day')`,
    `insert into public.idempotency_keys (user_id, key, fingerprint) values ('${p.user}', 'k', 'f')`,
    `insert into public.performance_metrics (id, metric_name, metric_value) values ('${p.metric}', 'm', 1)`,
    `insert into public.request_budgets (subject, period, budget, used, granted) values ('${p.metric}', 1, 1, 1, 1)`,
    `insert into public.broker_positions (broker, position) values ('${p.metric}', 1)`,
  ];
  for (const statement of statements) await superuser.query(statement);
}

async function addCredentials(superuser: pg.Client, of: Record<Person, Belongings>): Promise<World['credentials']> {
  const add = async (person: Person, scopes: string | null): Promise<World['credentials'][Credential]> => {
    const credential = randomUUID();
    await superuser.query(
      `insert into public.api_keys (id, user_id, name, prefix, key_hash, scopes)
       values ($1::uuid, $2, 'credential', 'tm_', sha256(uuid_send($1::uuid)), $3)`,
      [credential, of[person].user, scopes],
    );
    return { user: of[person].user, credential };
  };
  return {
    viewer: await add('viewer', null),
    developer: await add('developer', null),
    narrowed: await add('developer', '["tasks:read"]'),
    api_client: await add('api_client', null),
    reporter: await add('reporter', null),
    admin: await add('admin', null),
    narrowed_admin: await add('admin', '["tasks:read"]'),
  };
}

/** The person's row in one partition of the trail, as an expression. */
export function auditRowIn(partition: string, p: Belongings): string {
  return `md5('${partition} ${p.audit}')::uuid`;
}

/** Every partition of the catalogue, each with a row of every person. */
async function fillAuditPartitions(superuser: pg.Client, everybody: Belongings[]): Promise<string[]> {
  const { rows } = await superuser.query<{ name: string; start: string | null }>(
    `select format('public.%s', c.relname) as name, substring(pg_get_expr(c.relpartbound, c.oid) from $$FROM \\('([^']+)'\\)$$) as start
     from pg_inherits i
     join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'public.audit_logs'::regclass
     order by 1`,
  );
  for (const { name, start } of rows) {
    for (const p of everybody) {
      await superuser.query(
        `insert into ${name} (id, occurred_at, team_id, table_name, operation)
         values (${auditRowIn(name, p)}, $1, '${p.team}', 'tasks', 'INSERT')`,
        [start ?? '2000-01-01'],
      );
    }
  }
  return rows.map((row) => row.name);
}
