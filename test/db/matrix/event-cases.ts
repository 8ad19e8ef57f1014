import type { DefinerCase } from './definer-case.js';
import type { World } from './world.js';

/** The functions of tm_relay: only background work writes, measures, trims and queries the stream. */
export function eventCases({ of, credentials }: World): DefinerCase[] {
  const role = 'tm_background';
  const { developer } = of;
  const { user, credential } = credentials.developer;
  const reason = `select set_config('app.system_reason', 'matrix', true);`;
  const due = `update public.tasks set due_date = now() + interval '1 hour' where id = '${developer.leaf}'`;
  const audience = `select is_admin::text from app.event_audience(array['${user}']::uuid[], array['${credential}']::uuid[], array[null])`;
  return [
    {
      // The team of a user, the id of a project and the task of a context come from separate tables.
      ...{
        what: 'the relay publishes the rows of the trail',
        role,
        outcome: 'signup in a team, project with its id, task.updated',
      },
      ask: `${reason}
            select concat_ws(', ',
              case when bool_or(type = 'user.signup' and team_id is not null) then 'signup in a team' end,
              case when bool_or(type = 'project.created' and project_id is not null) then 'project with its id' end,
              case when bool_or(type = 'task.updated') then 'task.updated' end)
            from app.relay_events(10000)`,
    },
    {
      ...{ what: 'nothing is published without a reason', role, outcome: 'denied' },
      ask: 'select * from app.relay_events(10)',
    },
    {
      ...{ what: 'unpublished rows are counted', role, outcome: 'true' },
      ask: `${reason} select (rows > 0)::text from app.event_lag()`,
    },
    { ...{ what: 'the lag is 0 without a reason', role, outcome: '0' }, ask: 'select rows::text from app.event_lag()' },
    {
      ...{ what: 'upkeep drops old events', role, outcome: String(Object.keys(of).length) },
      ask: `${reason} select app.trim_events('-1 hour', 1000)::text`,
    },
    {
      ...{ what: 'no event is dropped without a reason', role, outcome: 'denied' },
      ask: `select app.trim_events('-1 hour', 1000)`,
    },
    {
      ...{ what: 'a due task is noticed', role, prepare: due, outcome: '1' },
      ask: `${reason} select app.notice_due_tasks('1 day')::text`,
    },
    {
      ...{ what: 'a due task is noticed only once', role, prepare: due, outcome: '0' },
      ask: `${reason} select app.notice_due_tasks('1 day'); select app.notice_due_tasks('1 day')::text`,
    },
    {
      ...{ what: 'due tasks are not noticed without a reason', role, outcome: 'denied' },
      ask: `select app.notice_due_tasks('1 day')`,
    },
    { ...{ what: 'the audience of events is computed', role, outcome: 'false' }, ask: `${reason} ${audience}` },
    { ...{ what: 'the audience of events is empty without a reason', role, outcome: 'no row' }, ask: audience },
    {
      ...{ what: 'the bounds of the stream are readable', role: 'tm_app_ro', outcome: 'true' },
      ask: `select (b.head >= b.trimmed and app.event_position(now() + interval '1 day') = b.head)::text from app.event_bounds() b`,
    },
  ];
}
