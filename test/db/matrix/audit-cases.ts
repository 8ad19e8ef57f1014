import type { DefinerCase } from './definer-case.js';
import { sessionSql } from './session-sql.js';
import type { World } from './world.js';

/** Makes a task wait for another one and comments on it. */
function partsOf({ team, leaf }: World['of']['developer']): string {
  return `with other as (
      insert into public.tasks (team_id, title) values ('${team}', 'other') returning id
    )
    insert into public.task_dependencies (team_id, child_task_id, parent_task_id)
    select '${team}', '${leaf}', id from other;
    insert into public.task_comments (team_id, task_id, content) values ('${team}', '${leaf}', 'hello')`;
}

/** The audit trail, which only functions write and read. */
export function auditCases({ of: { developer, mate, foreigner }, credentials }: World): DefinerCase[] {
  const as = (who: keyof World['credentials']): string => sessionSql(credentials[who]);
  const role = 'tm_app_rw';
  return [
    {
      what: 'a write leaves a trail',
      role,
      ask: `${as('developer')} update public.tasks set title = 'new' where id = '${developer.leaf}';
            reset role;
            select count(*)::text from public.audit_logs where record_id = '${developer.leaf}' and operation = 'UPDATE'`,
      outcome: '1',
    },
    {
      what: 'the history of a task names who changed it',
      role,
      prepare: `update public.tasks set title = 'new' where id = '${mate.leaf}'`,
      ask: `${as('developer')} update public.tasks set priority = 1 where id = '${mate.leaf}';
            select string_agg(operation || ' ' || coalesce(user_name, 'nobody'), ', ')
            from app.task_history('${mate.leaf}', 10, null, null)`,
      outcome: 'UPDATE developer, UPDATE nobody, INSERT nobody',
    },
    ...['developer', 'reporter', 'nobody'].map((who) => ({
      what: `the history of a task that ${who} may not read is empty`,
      role,
      ask: `${who === 'nobody' ? '' : as(who as 'developer')}
            select count(*)::text from app.task_history('${who === 'developer' ? foreigner.leaf : mate.leaf}', 10, null, null)`,
      outcome: '0',
    })),
    {
      what: 'the dependencies and comments of a task are part of its history',
      role,
      prepare: partsOf(mate),
      ask: `${as('developer')} select string_agg(table_name || ' ' || operation, ', ')
            from app.task_part_history('${mate.leaf}', 2, null, null)`,
      outcome: 'task_comments INSERT, task_dependencies INSERT',
    },
    ...['developer', 'reporter', 'nobody'].map((who) => ({
      what: `the dependencies and comments of a task that ${who} may not read are hidden`,
      role,
      prepare: partsOf(who === 'developer' ? foreigner : mate),
      ask: `${who === 'nobody' ? '' : as(who as 'developer')}
            select count(*)::text from app.task_part_history('${who === 'developer' ? foreigner.leaf : mate.leaf}', 10, null, null)`,
      outcome: '0',
    })),
    {
      what: 'an admin reads the dependencies and comments of every history',
      role,
      prepare: partsOf(foreigner),
      ask: `${as('admin')} select (count(*) >= 2)::text from app.task_part_history('${foreigner.leaf}', 10, null, null)`,
      outcome: 'true',
    },
    {
      what: 'an admin reads every history',
      role,
      ask: `${as('admin')} select count(*)::text from app.task_history('${foreigner.leaf}', 10, null, null)`,
      outcome: '1',
    },
  ];
}
