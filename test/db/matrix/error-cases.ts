import type { DefinerCase } from './definer-case.js';
import { sessionSql } from './session-sql.js';
import type { World } from './world.js';

/** Reports of errors: write-only callers, the place of a report, and the rows it creates. */
export function errorCases({ of: { reporter, mate, foreigner }, credentials }: World): DefinerCase[] {
  const role = 'tm_app_rw';
  const as = (who: keyof World['credentials']): string => sessionSql(credentials[who]);
  const report = (more: object): string => {
    const sent = {
      item: 0,
      environment: 'production',
      fingerprint: 'f',
      fingerprint_version: 1,
      fingerprint_source: 'explicit',
    };
    const error = { error_code: 'E', error_category: 'c', error_severity: 'error', error_message: 'm' };
    const data = { error_details: {}, context_data: {}, metadata: {} };
    return JSON.stringify([{ ...sent, ...error, ...data, ...more }]);
  };
  const record = (more: object): string => `app.record_errors('${report(more)}')`;
  const outcomeOf = (what: string, who: keyof World['credentials'], more: object, outcome: string): DefinerCase => ({
    ...{ what, role, outcome },
    ask: `${as(who)} select coalesce(out_problem, case when out_is_new then 'new' else 'counted' end) from ${record(more)}`,
  });
  const left = (what: string, sql: string, outcome: string, more: object = {}): DefinerCase => ({
    ...{ what, role, outcome },
    ask: `${as('reporter')} select ${record({ team_id: reporter.home, ...more })}; reset role; ${sql}`,
  });
  const [project, foreign] = [{ project_key: mate.project }, { project_key: foreigner.project }];
  return [
    outcomeOf('an error is reported to the personal team', 'reporter', {}, 'new'),
    outcomeOf('an error is reported to a team', 'reporter', { team_id: reporter.home }, 'new'),
    outcomeOf('an error is not reported to another tenant', 'reporter', { team_id: foreigner.home }, 'team'),
    outcomeOf('an admin reports everywhere', 'admin', { team_id: foreigner.home }, 'new'),
    outcomeOf('an error is reported to a project', 'reporter', project, 'new'),
    outcomeOf("an error is not reported to another tenant's project", 'reporter', foreign, 'project'),
    ...(['reporter', 'developer'] as const).map((who) => ({
      what: `the projects that a key may mean are told to a ${who}`,
      role,
      ask: `${as(who)} select count(*)::text from app.project_choices('{${mate.project},${foreigner.project}}')`,
      outcome: who === 'reporter' ? '1' : '0',
    })),
    outcomeOf('an error is reported with a task', 'reporter', { task_id: mate.leaf }, 'new'),
    outcomeOf("an error is not reported with another tenant's task", 'reporter', { task_id: foreigner.leaf }, 'task'),
    outcomeOf('an error is reported with a validation', 'reporter', { validation_result_id: mate.validation }, 'new'),
    outcomeOf(
      "an error is not reported with another tenant's validation",
      'reporter',
      { validation_result_id: foreigner.validation },
      'validation',
    ),
    outcomeOf('an error is reported with a workflow', 'reporter', { workflow_state_id: mate.workflow }, 'new'),
    outcomeOf(
      "an error is not reported with another tenant's workflow",
      'reporter',
      { workflow_state_id: foreigner.workflow },
      'workflow',
    ),
    ...(['developer', 'narrowed_admin'] as const).map((who) =>
      outcomeOf(`a ${who} reports nothing`, who, {}, 'denied'),
    ),
    { what: 'nobody reports without a session', role, ask: `select ${record({})}`, outcome: 'denied' },
    left(
      'a report is counted by the hour',
      `select count(*)::text from public.error_hourly_counts c join public.error_logs e on e.id = c.error_id where e.fingerprint = 'f'`,
      '1',
    ),
    left(
      'a report is sampled',
      `select count(*)::text from public.error_occurrences c join public.error_logs e on e.id = c.error_id where e.fingerprint = 'f'`,
      '1',
    ),
    left(
      'a report counts its user',
      `select users_affected::text from public.error_logs where fingerprint = 'f'`,
      '1',
      {
        user_hash: 'h',
      },
    ),
    left(
      'a report notes its release',
      `select count(*)::text from public.error_releases where service_version = '9'`,
      '1',
      {
        service_version: '9',
      },
    ),
    {
      what: 'a change of status is noted',
      role,
      ask: `${as('reporter')} update public.error_logs set resolution_status = 'ignored' where id = '${reporter.error}';
            select cause from public.error_resolutions where error_id = '${reporter.error}' and to_status = 'ignored'`,
      outcome: 'user',
    },
    {
      what: 'an ignore ends when its time is over',
      role: 'tm_background',
      prepare: `update public.error_logs set resolution_status = 'ignored', ignored_until = now() where id = '${reporter.error}';
                select set_config('app.system_reason', 'matrix', true)`,
      ask: 'select app.expire_error_ignores()',
      outcome: '1',
    },
    ...(['viewer', 'narrowed_admin'] as const).map((who) => ({
      what: `a ${who} merges nothing`,
      role,
      ask: `${as(who)} select app.merge_errors('${reporter.error}', '${mate.error}', null)`,
      outcome: 'denied',
    })),
    ...Object.entries({ done: mate.error, no_target: foreigner.error }).map(([outcome, into]) => ({
      what: `a merge is ${outcome}`,
      role,
      ask: `${as('reporter')} select app.merge_errors('${reporter.error}', '${into}', null)`,
      outcome,
    })),
    {
      what: "another tenant's error is not merged",
      role,
      ask: `${as('reporter')} select app.merge_errors('${foreigner.error}', '${mate.error}', null)`,
      outcome: 'missing',
    },
    {
      what: 'nothing is removed without a reason',
      role: 'tm_background',
      ask: 'select app.prune_errors(1, 1, 1)',
      outcome: 'denied',
    },
    {
      what: 'an ignore does not end without a reason',
      role: 'tm_background',
      ask: 'select app.expire_error_ignores()',
      outcome: 'denied',
    },
  ];
}
