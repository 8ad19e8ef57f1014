import type { DefinerCase } from './definer-case.js';
import { sessionSql } from './session-sql.js';
import type { World } from './world.js';

/** The functions of tm_flow: triggers that count every change of a task, and upkeep that aggregates. */
export function flowCases({ of, credentials }: World): DefinerCase[] {
  const { home } = of.developer;
  const task = `insert into public.tasks (team_id, title, type) values ('${home}', 'new', 'counted');`;
  return [
    {
      ...{ what: 'a new task is counted', role: 'tm_app_rw', outcome: '1' },
      ask: `${sessionSql(credentials.developer)}${task} reset role;
            select sum(n)::text from public.task_flow_deltas where type = 'counted'`,
    },
    {
      ...{ what: 'upkeep folds what was counted', role: 'tm_background', prepare: task, outcome: '2' },
      ask: `select set_config('app.system_reason', 'matrix', true); select app.fold_task_flow();
            reset role; ${task} set local role tm_background; select app.fold_task_flow();
            reset role; select sum(n)::text from public.task_flow where type = 'counted' and grain = 'ever'`,
    },
    {
      ...{ what: 'nothing is folded without a reason', role: 'tm_background', outcome: 'denied' },
      ask: 'select app.fold_task_flow()',
    },
  ];
}
