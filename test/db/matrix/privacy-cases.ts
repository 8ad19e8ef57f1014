import type { DefinerCase } from './definer-case.js';
import { sessionSql } from './session-sql.js';
import type { World } from './world.js';

/** Gives the developer a row in each table that names who did something. */
function traces({
  user,
  home,
  project,
  branch,
  context,
  validation,
  attempt,
  error,
  resolution,
}: World['of']['developer']): string {
  return `
    update public.projects set created_by = '${user}' where team_id = '${home}' and project_key = '${project}';
    update public.task_dependencies set created_by = '${user}' where child_task_id = '${branch}';
    update public.task_contexts set created_by = '${user}' where id = '${context}';
    update public.validation_results set created_by = '${user}' where id = '${validation}';
    update public.validation_attempts set retried_by = '${user}' where id = '${attempt}';
    update public.error_logs set assignee_id = '${user}' where id = '${error}';
    update public.error_resolutions set changed_by = '${user}' where id = '${resolution}';
    delete from public.audit_logs where user_id = '${user}' or record_id = '${user}';
    insert into public.audit_logs (user_id, table_name, operation) values ('${user}', 'tasks', 'DELETE')`;
}

const NOBODY = '01890000-0000-7000-8000-000000000000';
const MAIL = 'developer@example.com';

/** Names the developer in a row of each table with texts, and leaves nobody else in the team that the developer owns. */
function mentions({ of: { developer: p, mate } }: World): string {
  const said = `'write to ${MAIL}'`;
  const json = `'{"to": ["${MAIL}"]}'`;
  const texts: readonly (readonly [string, string, string, string])[] = [
    ['teams', 'description', said, `id = '${p.home}'`],
    ['projects', 'description', said, `project_key = '${p.project}'`],
    ['tags', 'name', `'${MAIL}'`, `id = '${p.tag}'`],
    ['tasks', 'details', said, `id = '${p.leaf}'`],
    ['task_lists', 'metadata', json, `project_key = '${p.listProject}'`],
    ['task_exchanges', 'tasks', json, `project_key = '${p.listProject}'`],
    ['task_contexts', 'context_data', json, `id = '${p.context}'`],
    ['task_comments', 'content', said, `id = '${p.comment}'`],
    ['workflow_states', 'state_data', json, `id = '${p.workflow}'`],
    ['validation_results', 'metadata', json, `id = '${p.validation}'`],
    ['validation_attempts', 'error_message', said, `id = '${p.attempt}'`],
    ['validation_findings', 'message', said, `id = '${p.finding}'`],
    ['error_logs', 'resolution_notes', said, `id = '${p.error}'`],
    ['error_occurrences', 'error_message', said, `id = '${p.occurrence}'`],
    ['error_resolutions', 'notes', said, `id = '${p.resolution}'`],
    ['webhooks', 'description', said, `id = '${mate.webhook}'`],
    ['ingest_keys', 'name', said, `id = '${mate.ingestKey}'`],
    ['user_roles', 'role_description', said, `id = '${mate.role}'`],
    ['webhook_attempts', 'response_excerpt', said, `id = '${mate.deliveryAttempt}'`],
    ['idempotency_keys', 'body', json, `user_id = '${mate.user}'`],
    ['events', 'body', json, `position = ${mate.event}`],
    ['users', 'email_verified', 'true', `id = '${p.user}'`],
    ['users', 'metadata', json, `id = '${mate.user}'`],
    ['invites', 'email', `'${MAIL}'`, `id = '${mate.invite}'`],
  ];
  return `
    ${texts.map(([table, column, value, where]) => `update public.${table} set ${column} = ${value} where ${where};`).join('\n')}
    insert into public.tasks (team_id, title) values ('${p.team}', 'own');
    insert into public.projects (team_id, project_key, name) values ('${p.team}', 'own', 'own');
    insert into public.error_logs (team_id, error_code, error_category, error_severity, error_message)
    values ('${p.team}', 'E1', 'c', 'error', 'own');
    insert into public.task_flow_deltas (team_id, type, priority, moment, from_status, to_status, n)
    values ('${p.team}', 't', 0, now(), 'new', 'pending', 1);
    insert into graphile_worker._private_tasks (identifier) values ('of a test');
    insert into graphile_worker._private_jobs (task_id, last_error) select id, ${said} from graphile_worker._private_tasks limit 1;
    delete from public.team_members where team_id = '${p.team}' and user_id = '${p.colleague}'`;
}

const LEFT_OVER = [
  ...['teams', 'projects', 'tags', 'tasks', 'task_lists', 'task_exchanges', 'task_contexts', 'task_comments', 'users'],
  ...['workflow_states', 'validation_results', 'validation_attempts', 'validation_findings', 'error_logs', 'invites'],
  ...[
    'error_occurrences',
    'error_resolutions',
    'webhooks',
    'webhook_attempts',
    'idempotency_keys',
    'events',
    'ingest_keys',
    'user_roles',
  ],
  ...['audit_logs', 'consents', 'sessions', 'user_identities', 'mail_tokens'],
];

/** The tables that still name the developer or hold what was the developer's alone. */
function leftOver({ user, team }: World['of']['developer']): string {
  const found = [
    ...LEFT_OVER.map((table) => `select '${table}' from public.${table} t where t::text ilike '%${MAIL}%'`),
    `select 'jobs' from graphile_worker._private_jobs j where j.last_error ilike '%${MAIL}%'`,
    `select 'account' from public.users where id = '${user}'`,
    `select 'team' from public.teams where id = '${team}' or owner_id = '${user}'`,
    `select 'deltas' from public.task_flow_deltas where team_id = '${team}'`,
  ];
  return `select coalesce(string_agg(distinct f.name, ', '), 'nothing') from (${found.join(' union all ')}) f (name)`;
}

/** What people learn of themselves, and what is left of them. */
export function privacyCases(world: World): DefinerCase[] {
  const { of, credentials } = world;
  const { developer, viewer } = of;
  const adminUser = credentials.admin.user;
  const erase = (user: string): string => `select outcome from app.erase_person('${user}')`;
  const role = 'tm_app_rw';
  const alone = `delete from public.team_members where team_id = '${viewer.team}' and user_id <> '${viewer.user}'`;
  const as = (who: keyof World['credentials']): string => sessionSql(credentials[who]);
  const exported = `select string_agg(e.name || ' ' || e.total || ' ' || json_array_length(e.rows::json), ', ' order by e.name)
    from app.export_person(null, 2, 0) e`;
  return [
    {
      what: 'people get a copy of what the database holds of them',
      role: 'tm_app_ro',
      prepare: traces(developer),
      ask: as('developer') + exported,
      outcome:
        'api_keys 3 2, audit_logs 1 1, consents 1 1, error_logs 1 1, error_resolutions 1 1, idempotency_keys 1 1, ingest_keys 1 1, invites 1 1, mail_tokens 1 1, oauth_grants 1 1, projects 1 1, recovery_codes 1 1, second_factors 1 1, sessions 1 1, task_comments 1 1, task_contexts 1 1, task_dependencies 1 1, task_leases 1 1, tasks 3 2, team_members 4 2, teams 4 2, user_identities 1 1, users 1 1, validation_attempts 1 1, validation_results 1 1, webhooks 1 1',
    },
    {
      what: 'a credential with scopes gets no copy',
      role: 'tm_app_ro',
      ask: as('narrowed') + exported,
      outcome: 'denied',
    },
    { what: 'nobody gets a copy without a session', role: 'tm_app_ro', ask: exported, outcome: 'denied' },
    {
      ...{ what: 'of an erased person nothing is left', role, prepare: mentions(world), outcome: 'nothing' },
      ask: `${as('developer')} ${erase(developer.user)}; reset role; ${leftOver(developer)}`,
    },
    {
      ...{ what: 'the last owner of a team is not erased', role, outcome: 'last owner' },
      ask: as('api_client') + erase(of.api_client.user),
    },
    {
      ...{ what: 'nobody erases somebody else', role, prepare: alone, outcome: 'denied' },
      ask: as('developer') + erase(viewer.user),
    },
    {
      ...{ what: 'an administrator erases somebody', role, prepare: alone, outcome: 'erased' },
      ask: as('admin') + erase(viewer.user),
    },
    { ...{ what: 'nobody who is not there is erased', role, outcome: 'unknown' }, ask: as('admin') + erase(NOBODY) },
    {
      ...{ what: 'a credential with scopes erases nobody', role, outcome: 'denied' },
      ask: as('narrowed') + erase(developer.user),
    },
    { ...{ what: 'nobody erases without a session', role, outcome: 'denied' }, ask: erase(developer.user) },
    {
      what: 'the last administrator is not erased',
      role,
      prepare: `delete from public.team_members where team_id = '${of.admin.team}' and user_id <> '${adminUser}';
        update public.users set is_active = false
        where id <> '${adminUser}' and role_id = (select u.role_id from public.users u where u.id = '${adminUser}')`,
      ask: as('admin') + erase(adminUser),
      outcome: 'last administrator',
    },
    {
      what: 'who has a password must give it',
      role,
      prepare: `update public.users set password_hash = 'hash' where id = '${developer.user}'`,
      ask: `${as('developer')} select app.erasure_needs_password()::text`,
      outcome: 'true',
    },
    {
      ...{ what: 'who has none need not', role, outcome: 'false' },
      ask: `${as('developer')} select app.erasure_needs_password()::text`,
    },
    {
      what: 'nor who has just logged in',
      role,
      prepare: `update public.users set password_hash = 'hash' where id = '${developer.user}'`,
      ask: `select set_config('role', app.open_session('${developer.user}', '${developer.session}', null, null, 'tm_app_rw'), true);
        select app.erasure_needs_password()::text`,
      outcome: 'false',
    },
  ];
}
