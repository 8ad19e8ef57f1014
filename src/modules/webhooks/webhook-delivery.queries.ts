import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import type { ListSource } from '../../platform/schema/list-statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import type { Replayed } from './webhook-delivery.dto.js';
import { WebhookAttempt, WebhookDelivery } from './webhook-delivery.dto.js';

/** A delivery as JSON text. */
export interface DeliveryRow {
  readonly id: string;
  readonly data: string;
}

export function deliveriesOf(teamId: string, webhookId: string): ListSource {
  return {
    name: 'webhooks.deliveries',
    table: 'public.webhook_deliveries',
    shape: WebhookDelivery,
    teamColumn: 'team_id',
    where: [],
    allTeams: false,
    teamIds: [teamId],
    conditions: (parameter) => [`t.webhook_id = ${parameter(webhookId)}::uuid`],
  };
}

export function getDelivery(webhookId: string, id: string): Statement<DeliveryRow> {
  return statement(
    'webhooks.get_delivery',
    `select t.id, ${jsonOf(WebhookDelivery)} as data
from public.webhook_deliveries t
where t.id = $2
  and t.webhook_id = $1`,
    [webhookId, id],
  );
}

/** A delivery with its latest attempts. */
export function getDeliveryLog(webhookId: string, id: string): Statement<DeliveryRow> {
  return statement(
    'webhooks.get_delivery_log',
    `select
  t.id,
  left(${jsonOf(WebhookDelivery)}, -1) || ',"attempts":[' || coalesce(l.attempts, '') || ']}' as data
from public.webhook_deliveries t
cross join lateral (
  select string_agg(n.data, ',' order by n.number desc) as attempts
  from (
    select a.number, ${jsonOf(WebhookAttempt, 'a')} as data
    from public.webhook_attempts a
    where a.team_id = t.team_id
      and a.delivery_id = t.id
    order by a.number desc
    limit 100
  ) n
) l
where t.id = $2
  and t.webhook_id = $1`,
    [webhookId, id],
  );
}

/** Inserts the delivery of a test event, which is attempted only once. */
export function insertTest(teamId: string, webhookId: string, type: string): Statement<{ id: string }> {
  return statement(
    'webhooks.insert_test',
    `insert into public.webhook_deliveries (team_id, webhook_id, event_id, event_type)
values ($1, $2, app.new_id(), $3)
returning id`,
    [teamId, webhookId, type],
  );
}

export function replayDelivery(webhookId: string, id: string): Statement<{ id: string }> {
  return statement(
    'webhooks.replay_delivery',
    `update public.webhook_deliveries d
set status = 'pending',
    attempt_count = 0,
    next_attempt_at = now(),
    queued_at = null,
    error = null
where d.id = $2
  and d.webhook_id = $1
returning d.id`,
    [webhookId, id],
  );
}

/** An event to send again. */
export interface Replayable {
  readonly position: bigint;
  readonly id: string;
  readonly type: string;
  readonly recordId: string;
}

const REPLAYABLE: Readonly<Record<Replayed, string>> = {
  missing: `d.status = 'dead'`,
  dead: `d.status = 'dead'`,
  all: `d.status <> 'pending'`,
};

/**
 * Restarts the deliveries of these events, and creates the missing ones unless only failed deliveries (`dead`) are
 * requested.
 */
export function replayEvents(
  teamId: string,
  webhookId: string,
  events: readonly Replayable[],
  which: Replayed,
): Statement<{ id: string }> {
  const again = `update public.webhook_deliveries d
  set status = 'pending',
      attempt_count = 0,
      next_attempt_at = now(),
      queued_at = null,
      error = null
  from event e
  where d.team_id = $1
    and d.webhook_id = $2
    and d.event_id = e.event_id
    and ${REPLAYABLE[which]}
  returning d.id`;
  const made = `insert into public.webhook_deliveries (team_id, webhook_id, event_id, event_position, event_type, record_id)
  select $1, $2, e.event_id, e.position, e.type, e.record_id
  from event e
  where ${which === 'dead' ? 'false' : 'true'}
  on conflict (team_id, webhook_id, event_id) do nothing
  returning id`;
  return statement(
    `webhooks.replay_${which}`,
    `with event as materialized (
  select *
  from unnest($3::bigint[], $4::uuid[], $5::text[], $6::uuid[]) as e (position, event_id, type, record_id)
),
again as (
  ${again}
),
made as (
  ${made}
)
select id from again
union all
select id from made`,
    [
      teamId,
      webhookId,
      events.map(({ position }) => String(position)),
      events.map(({ id }) => id),
      events.map(({ type }) => type),
      events.map(({ recordId }) => recordId),
    ],
  );
}
