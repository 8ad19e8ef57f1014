import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import { DELIVERY_JOB } from './webhook.rules.js';

/** Crashes that a job survives. Failed deliveries do not count as failures of the job. */
const JOB_ATTEMPTS = 1_000;

/**
 * Locks the position of the dispatcher until the transaction ends, and skips events older than every webhook. No row
 * means that another instance is dispatching; a null position means that no webhook is enabled.
 */
export function lockDispatch(): Statement<{ position: string | null }> {
  return statement(
    'webhooks.lock_dispatch',
    `select case
  when w.since is not null then greatest(d.position, w.since)::text
end as position
from public.webhook_dispatch d
cross join lateral (
  select min(h.since_position) as since
  from public.webhooks h
  where h.is_enabled
) w
for update of d skip locked`,
  );
}

export interface Dispatched {
  /** The last event that was read; null if there was none. */
  readonly position: string | null;
  readonly events: number;
  readonly deliveries: readonly string[];
}

/**
 * Creates the deliveries of the next events: one for each webhook of the team that matches the type and the project and
 * whose owner may currently see the event. A webhook whose owner has no rights left in the team is disabled.
 */
export function makeDeliveries(after: string, limit: number): Statement<Dispatched> {
  return statement(
    'webhooks.make_deliveries',
    `with batch as materialized (
  select e.position, e.event_id, e.team_id, e.type, e.needs, e.project_key, e.record_id
  from public.events e
  where e.position > $1::bigint
  order by e.position
  limit $2::integer
),
hook as materialized (
  select w.id, w.team_id, w.owner_id, w.scopes, w.event_types, w.project_key, w.since_position
  from public.webhooks w
  where w.is_enabled
    and w.team_id = any(array(select b.team_id from batch b))
),
owner as materialized (
  select h.id, app.narrow(r.permissions, h.scopes) as permissions
  from hook h
  join (
    select distinct on (r.user_id, r.team_id) r.*
    from app.rights_in_teams(array(select owner_id from hook order by id), array(select team_id from hook order by id)) r
  ) r on r.user_id = h.owner_id and r.team_id = h.team_id
),
lost as (
  update public.webhooks w
  set is_enabled = false,
      disabled_reason = 'owner'
  where w.id = any(array(select h.id from hook h where h.id not in (select o.id from owner o)))
),
made as (
  insert into public.webhook_deliveries (team_id, webhook_id, event_id, event_position, event_type, record_id)
  select h.team_id, h.id, b.event_id, b.position, b.type, b.record_id
  from batch b
  join hook h on h.team_id = b.team_id
    and h.since_position < b.position
    and h.id <> b.record_id
    and (h.project_key is null or h.project_key = b.project_key)
    and app.event_type_matches(h.event_types, b.type)
  join owner o on o.id = h.id
    and o.permissions && array[b.needs, '*']
  order by b.position
  on conflict (team_id, webhook_id, event_id) do nothing
  returning id
)
select
  (select max(b.position)::text from batch b) as position,
  (select count(*)::int from batch) as events,
  array(select m.id from made m) as deliveries`,
    [after, limit],
  );
}

export function advanceDispatch(position: string): Statement {
  return statement('webhooks.advance_dispatch', 'update public.webhook_dispatch\nset position = $1::bigint', [
    position,
  ]);
}

/** Due deliveries without a job: replays, tests, and deliveries whose job was lost. */
export function deliveriesWithoutJob(limit: number): Statement<{ id: string }> {
  return statement(
    'webhooks.without_job',
    `select d.id
from public.webhook_deliveries d
where d.status = 'pending'
  and d.next_attempt_at <= now()
  and (
    d.queued_at is null
    or (
      d.next_attempt_at < now() - interval '1 minute'
      and not exists (
        select
        from graphile_worker._private_jobs j
        where j.key = d.id::text
      )
    )
  )
order by d.next_attempt_at
limit $1::integer
for update skip locked`,
    [limit],
  );
}

/**
 * Creates the jobs of deliveries in the transaction that creates the deliveries. All jobs of one webhook and record
 * share a queue.
 */
export function queueDeliveries(ids: readonly string[], lanes: number): Statement {
  return statement(
    'webhooks.queue',
    `with due as (
  update public.webhook_deliveries d
  set queued_at = now()
  from public.webhooks w
  where d.id = any($1::uuid[])
    and d.status = 'pending'
    and w.team_id = d.team_id
    and w.id = d.webhook_id
  returning
    d.id,
    d.next_attempt_at,
    d.event_position,
    app.webhook_lane(w.id, d.record_id, $2::integer, w.paused_until is not null) as lane
)
select count(*)
from (
  select array_agg(
    row(
      '${DELIVERY_JOB}', json_build_object('deliveryId', d.id), d.lane, d.next_attempt_at, ${JOB_ATTEMPTS}, d.id::text, 0, null
    )::graphile_worker.job_spec
    order by d.next_attempt_at, d.event_position
  ) as specs
  from due d
) s
cross join lateral graphile_worker.add_jobs(s.specs) j
where s.specs is not null`,
    [ids, lanes],
  );
}

/** Deletes old deliveries with their attempts. */
export function dropDeliveries(days: number, limit: number): Statement {
  return statement(
    'webhooks.drop_deliveries',
    `delete from public.webhook_deliveries d
where d.id = any(array(
  select o.id
  from public.webhook_deliveries o
  where o.created_at < now() - make_interval(days => $1::integer)
    and o.status <> 'pending'
  order by o.created_at
  limit $2::integer
))`,
    [days, limit],
  );
}

export function dropExpiredSecrets(): Statement {
  return statement('webhooks.drop_secrets', 'delete from public.webhook_secrets s\nwhere s.expires_at < now()');
}
