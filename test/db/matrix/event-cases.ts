import type { DefinerCase } from './definer-case.js';
import type { World } from './world.js';

/** The functions of tm_relay: the stream is written, measured, trimmed and asked by background work alone. */
export function eventCases({ of, credentials }: World): DefinerCase[] {
  const role = 'tm_background';
  const { developer } = of;
  const { user, credential } = credentials.developer;
  const reason = `select set_config('app.system_reason', 'matrix', true);`;
  const due = `update public.tasks set due_date = now() + interval '1 hour' where id = '${developer.leaf}'`;
  const audience = `select is_admin::text from app.event_audience(array['${user}']::uuid[], array['${credential}']::uuid[], array[null])`;
  return [
    {
      // The team of a user, the id of a project and the task behind a context are looked up in tables of their own.
      ...{ what: 'the relay publishes what the trail holds', role, outcome: 't t t' },
      ask: `${reason}
            select concat_ws(' ', bool_or(type = 'user.signup' and team_id is not null),
              bool_or(type = 'project.created' and project_id is not null), bool_or(type = 'task.updated'))
            from app.relay_events(10000)`,
    },
    {
      ...{ what: 'nothing is published without a reason', role, outcome: 'denied' },
      ask: 'select * from app.relay_events(10)',
    },
    {
      ...{ what: 'what is not published is counted', role, outcome: 'true' },
      ask: `${reason} select (rows > 0)::text from app.event_lag()`,
    },
    { ...{ what: 'and not without a reason', role, outcome: '0' }, ask: 'select rows::text from app.event_lag()' },
    {
      ...{ what: 'upkeep drops old events', role, outcome: String(Object.keys(of).length) },
      ask: `${reason} select app.trim_events('-1 hour', 1000)::text`,
    },
    {
      ...{ what: 'no event is dropped without a reason', role, outcome: 'denied' },
      ask: `select app.trim_events('-1 hour', 1000)`,
    },
    {
      ...{ what: 'a task that is due is noticed', role, prepare: due, outcome: '1' },
      ask: `${reason} select app.notice_due_tasks('1 day')::text`,
    },
    {
      ...{ what: 'once', role, prepare: due, outcome: '0' },
      ask: `${reason} select app.notice_due_tasks('1 day'); select app.notice_due_tasks('1 day')::text`,
    },
    {
      ...{ what: 'nobody notices without a reason', role, outcome: 'denied' },
      ask: `select app.notice_due_tasks('1 day')`,
    },
    { ...{ what: 'who may see events is answered', role, outcome: 'false' }, ask: `${reason} ${audience}` },
    { ...{ what: 'to background work with a reason alone', role, outcome: 'no row' }, ask: audience },
    {
      ...{ what: 'where the stream is can be asked', role: 'tm_app_ro', outcome: 'true' },
      ask: `select (b.head >= b.trimmed and app.event_position(now() + interval '1 day') = b.head)::text from app.event_bounds() b`,
    },
  ];
}
