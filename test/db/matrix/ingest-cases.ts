import type { DefinerCase } from './definer-case.js';
import { sessionSql } from './session-sql.js';
import type { World } from './world.js';

/** The session of an ingest key: it acts as no user, reads nothing, and records into its project alone. */
export function ingestCases({ of: { developer, foreigner } }: World): DefinerCase[] {
  const role = 'tm_app_rw';
  const as = sessionSql({ user: developer.ingestKey, credential: developer.ingestKey });
  const task = `insert into public.tasks (id, team_id, project_key, list, ref, title)
    values ('${developer.delivery}', '${developer.keyTeam}', '${developer.keyProject}', 'master', '1', 'checked');`;
  const lists = `insert into public.task_lists (team_id, project_key) values ('${developer.keyTeam}', '${developer.keyProject}') on conflict do nothing;`;
  const elsewhere = `insert into public.projects (team_id, project_key, name) values ('${developer.keyTeam}', 'private', 'p');
    insert into public.task_lists (team_id, project_key) values ('${developer.keyTeam}', 'private') on conflict do nothing;
    ${task.replace(`'${developer.keyProject}'`, "'private'")}`;
  const record = `select count(*)::text from app.record_validation(
    '{"task_id": "${developer.delivery}", "validation_type": "style", "validation_status": "passed"}')`;
  const report = (more = ''): string => `select coalesce(out_problem, 'counted') from app.record_errors(
    '[{"item": 0, "environment": "x", "fingerprint": "f", "fingerprint_version": 1, "fingerprint_source": "explicit",
      "title": "t", "error_code": "E", "error_category": "c", "error_severity": "error", "error_message": "m",
      "error_details": {}, "context_data": {}, "metadata": {}${more}}]')`;
  const ingestCase = (what: string, ask: string, outcome: string, prepare?: string): DefinerCase => ({
    ...{ what, role, ask, outcome },
    ...(prepare === undefined ? {} : { prepare }),
  });
  return [
    ingestCase('an ingest key opens a session', `${as} select current_user::text`, role),
    ingestCase(
      'an ingest key acts as no user',
      `${as} select coalesce(app.current_user_id()::text, 'nobody')`,
      'nobody',
    ),
    ingestCase('an ingest key has no permission', `${as} select current_setting('app.permissions')`, '{}'),
    ingestCase(
      'a revoked ingest key opens nothing',
      `${as} select 1`,
      'no session',
      `update public.ingest_keys set revoked_at = now() where id = '${developer.ingestKey}'`,
    ),
    ingestCase(
      'an ingest key of a deleted project opens nothing',
      `${as} select 1`,
      'no session',
      `update public.projects set deleted_at = now() where team_id = '${developer.keyTeam}' and project_key = '${developer.keyProject}'`,
    ),
    ingestCase(
      'an ingest key is found by its hash',
      `select credential_id from app.find_ingest_key(sha256('${developer.ingestKey}'))`,
      developer.ingestKey,
    ),
    ingestCase('an ingest key reads no project', `${as} select count(*)::text from public.projects`, '0'),
    ingestCase('an ingest key sees no team', `${as} select count(*)::text from public.teams`, '0'),
    ingestCase('an ingest key sees no member', `${as} select count(*)::text from public.team_members`, '0'),
    ingestCase('an ingest key sees no user', `${as} select count(*)::text from public.users`, '0'),
    ingestCase('an ingest key reports an error of its project', as + report(), 'counted'),
    ingestCase('not to another project', as + report(', "project_key": "private"'), 'project', elsewhere),
    ingestCase('not to another team', as + report(`, "team_id": "${foreigner.team}"`), 'team'),
    ingestCase('not about a task elsewhere', as + report(`, "task_id": "${developer.delivery}"`), 'task', elsewhere),
    ingestCase('it records a validation of its project', as + record, '1', lists + task),
    ingestCase('it records none of another project', as + record, '0', elsewhere),
    ingestCase(
      'it changes no validation of before',
      `${as} select count(*)::text from app.change_validation('${developer.validation}', null, '{"validation_status": "failed"}', '{}')`,
      '0',
    ),
    ingestCase(
      'nobody else opens its session',
      `select app.open_ingest_session('${developer.ingestKey}', null, '${role}')`,
      'denied',
    ),
  ];
}
