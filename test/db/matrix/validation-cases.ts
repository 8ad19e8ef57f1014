import type { DefinerCase } from './definer-case.js';
import { sessionSql } from './session-sql.js';
import type { World } from './world.js';

/** The functions of tm_ingest: an api_client writes through them without reading, and gates check every completion. */
export function validationCases({ of, credentials }: World): DefinerCase[] {
  const role = 'tm_app_rw';
  const as = (who: keyof World['credentials']): string => sessionSql(credentials[who]);
  const { developer, foreigner, api_client: bot } = of;
  const record = (task: string, more = ''): string =>
    `app.record_validation('{"task_id": "${task}", "validation_type": "style", "validation_status": "passed"${more}}')`;
  const plan = (task: string): string => `app.begin_import('${task}', 'style', '[{"key": "k", "status": "passed"}]')`;
  const change = (validation: string): string =>
    `app.change_validation('${validation}', null, '{"validation_status": "failed"}', '{}')`;
  const report = `select app.write_findings('${bot.validation}', '[{"severity": "note", "message": "m", "fingerprint": "g"}]', 0);`;
  const gated = `update public.projects set settings = '{"validationGate": {"requiredTypes": ["testing"]}}'
    where project_key = '${developer.listProject}';
    update public.tasks set project_key = '${developer.listProject}', list = 'master', ref = '7' where id = '${developer.leaf}';`;
  const complete = `update public.tasks set status = 'completed' where id = '${developer.leaf}' returning status`;
  return [
    {
      ...{ what: 'a caller who may write validations records one', role, outcome: 'true' },
      ask: `${as('api_client')} select is_new::text from ${record(bot.leaf)}`,
    },
    {
      ...{ what: 'a validation is found by its external id', role, outcome: 'false' },
      ask: `${as('api_client')} select * from ${record(bot.leaf, ', "external_id": "e"')};
            select is_new::text from ${record(bot.leaf, ', "external_id": "e"')}`,
    },
    {
      ...{ what: "no validation of another tenant's task is recorded", role, outcome: 'no row' },
      ask: `${as('api_client')} select * from ${record(foreigner.leaf)}`,
    },
    {
      ...{ what: 'an admin records anywhere', role, outcome: 'true' },
      ask: `${as('admin')} select is_new::text from ${record(foreigner.leaf)}`,
    },
    {
      ...{ what: 'a viewer records no validation', role, outcome: 'denied' },
      ask: `${as('viewer')} select * from ${record(developer.leaf)}`,
    },
    {
      ...{ what: 'nobody records a validation without a session', role, outcome: 'denied' },
      ask: `select * from ${record(developer.leaf)}`,
    },
    {
      ...{ what: 'a report is planned for a task of the team', role, outcome: 'k' },
      ask: `${as('api_client')} select external_id from ${plan(bot.leaf)}`,
    },
    {
      ...{ what: "no report is planned for another tenant's task", role, outcome: 'no row' },
      ask: `${as('api_client')} select * from ${plan(foreigner.leaf)}`,
    },
    {
      ...{ what: 'a viewer plans no report', role, outcome: 'denied' },
      ask: `${as('viewer')} select * from ${plan(developer.leaf)}`,
    },
    {
      ...{ what: 'a caller who may write validations changes one', role, outcome: 'failed' },
      ask: `${as('api_client')} select status from ${change(bot.validation)}`,
    },
    {
      ...{ what: "no validation of another tenant's is changed", role, outcome: 'no row' },
      ask: `${as('api_client')} select * from ${change(foreigner.validation)}`,
    },
    {
      ...{ what: 'an attempt is kept when another one starts', role, outcome: '2' },
      prepare: `update public.validation_results set retry_count = 1, validation_status = 'queued' where id = '${bot.validation}'`,
      ask: `${as('api_client')} select * from ${change(bot.validation)};
            select * from app.retry_validation('${bot.validation}', null);
            reset role;
            select count(*)::text from public.validation_attempts where validation_result_id = '${bot.validation}'`,
    },
    {
      ...{ what: 'findings take the place of what an attempt had', role, outcome: '{"new": 1, "none": 0, "note": 1}' },
      ask: `${as('api_client')} ${report} ${report}
            select jsonb_build_object('new', c -> 'new', 'note', c -> 'note', 'none', c -> 'none')::text
            from app.settle_findings('${bot.validation}', true) c`,
    },
    {
      ...{ what: "nothing is reported for another tenant's validation", role, outcome: 'null' },
      ask: `${as('api_client')} select app.settle_findings('${foreigner.validation}', true)::text`,
    },
    {
      ...{ what: 'a gate keeps a task from being completed', role, outcome: 'check' },
      prepare: gated,
      ask: `${as('api_client')} ${complete}`,
    },
    {
      ...{ what: 'a gate opens for a result that its caller may not read', role, outcome: 'completed' },
      prepare: `${gated} insert into public.validation_results (team_id, task_id, validation_type, validation_status)
        values ('${developer.home}', '${developer.leaf}', 'testing', 'passed')`,
      ask: `${as('api_client')} ${complete}`,
    },
  ];
}
