import type { DefinerCase } from './definer-case.js';
import { sessionSql } from './session-sql.js';
import type { World } from './world.js';

/** The triggers of tasks and dependencies, which work even if the writing credential may not read. */
export function workCases({ of: { developer, foreigner }, credentials }: World): DefinerCase[] {
  const role = 'tm_app_rw';
  const as = (scopes: string | null = null): string => sessionSql(credentials.developer, { scopes });
  const depend = (child: string, parent: string): string =>
    `insert into public.task_dependencies (team_id, parent_task_id, child_task_id) values ('${developer.home}', '${parent}', '${child}'); `;
  const status = (task: string, value: string): string =>
    `update public.tasks set status = '${value}' where id = '${task}'; `;
  const counters = `select format('%s dependency, %s open', dependency_count, open_dependencies) from public.tasks where id = '${developer.leaf}'`;
  const expire = `update public.tasks set status = 'in_progress' where id in ('${developer.trunk}', '${foreigner.trunk}');
    update public.task_leases set expires_at = now() - interval '1 s'
    where task_id in ('${developer.trunk}', '${foreigner.trunk}')`;
  const returned = (task: string): string => `select status from public.tasks where id = '${task}'`;
  return [
    {
      what: 'a dependency is counted',
      role,
      ask: as() + depend(developer.leaf, developer.branch) + counters,
      outcome: '1 dependency, 1 open',
    },
    {
      what: 'a dependency is counted for a key that may write and not read',
      role,
      ask: as('tasks:write') + depend(developer.leaf, developer.branch) + as() + counters,
      outcome: '1 dependency, 1 open',
    },
    {
      what: 'a cycle is refused',
      role,
      ask: as() + depend(developer.trunk, developer.branch),
      outcome: 'check',
    },
    {
      what: 'a cycle is refused to a key that may write and not read',
      role,
      ask: as('tasks:write') + depend(developer.trunk, developer.branch),
      outcome: 'check',
    },
    {
      what: 'a cancelled task satisfies where the project says so',
      role,
      prepare: `update public.projects set settings = '{"cancelledSatisfies": true}' where project_key = '${developer.project}';
        update public.tasks set project_key = '${developer.project}', list = 'master', ref = '1' where id = '${developer.branch}'`,
      ask: `${as()} ${status(developer.trunk, 'cancelled')}
        select open_dependencies::text from public.tasks where id = '${developer.branch}'`,
      outcome: '0',
    },
    {
      what: 'completing a task ends its lease',
      role,
      prepare: status(developer.trunk, 'in_progress'),
      ask: `${as()} ${status(developer.trunk, 'completed')}
        select (ended_at is not null)::text from public.task_leases where task_id = '${developer.trunk}'`,
      outcome: 'true',
    },
    {
      what: 'a writer returns expired tasks of their teams',
      role,
      prepare: expire,
      ask: `${as()} select app.return_expired_tasks(); ${returned(developer.trunk)}`,
      outcome: 'pending',
    },
    {
      what: 'a writer returns no expired task of another team',
      role,
      prepare: expire,
      ask: `${as()} select app.return_expired_tasks(); set local role tm_background;
        select set_config('app.system_reason', 'matrix', true); ${returned(foreigner.trunk)}`,
      outcome: 'in_progress',
    },
    {
      what: 'a reader returns no expired task',
      role,
      prepare: expire,
      ask: `${as('tasks:read')} select app.return_expired_tasks()`,
      outcome: 'denied',
    },
    {
      what: 'a job returns expired tasks of every team',
      role: 'tm_background',
      prepare: expire,
      ask: `select set_config('app.system_reason', 'matrix', true); select app.return_expired_tasks(); ${returned(foreigner.trunk)}`,
      outcome: 'pending',
    },
  ];
}
