import type { DefinerCase } from './definer-case.js';
import { sessionSql } from './session-sql.js';
import type { World } from './world.js';

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
      what: 'an admin reads every history',
      role,
      ask: `${as('admin')} select count(*)::text from app.task_history('${foreigner.leaf}', 10, null, null)`,
      outcome: '1',
    },
  ];
}
