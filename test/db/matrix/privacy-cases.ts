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

/** What people learn of themselves. */
export function privacyCases({ of: { developer }, credentials }: World): DefinerCase[] {
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
        'api_keys 3 2, audit_logs 1 1, error_logs 1 1, error_resolutions 1 1, idempotency_keys 1 1, invites 1 1, mail_tokens 1 1, projects 1 1, sessions 1 1, task_comments 1 1, task_contexts 1 1, task_dependencies 1 1, task_leases 1 1, tasks 3 2, team_members 3 2, teams 3 2, user_identities 1 1, users 1 1, validation_attempts 1 1, validation_results 1 1, webhooks 1 1',
    },
    {
      what: 'a credential with scopes gets no copy',
      role: 'tm_app_ro',
      ask: as('narrowed') + exported,
      outcome: 'denied',
    },
    { what: 'nobody gets a copy without a session', role: 'tm_app_ro', ask: exported, outcome: 'denied' },
  ];
}
