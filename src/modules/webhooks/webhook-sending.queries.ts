import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';

/** Everything that one attempt needs, read at the time of the attempt. */
export interface Sending {
  readonly deliveryId: string;
  readonly teamId: string;
  readonly webhookId: string;
  readonly status: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly position: string | null;
  readonly createdAt: string;
  readonly attempts: number;
  readonly url: string;
  readonly isEnabled: boolean;
  readonly failures: number;
  /** No attempts before this time; null if the webhook is not paused. */
  readonly pausedUntil: string | null;
  /** The body of the event; null if it is past its retention. */
  readonly body: string | null;
  readonly needs: string | null;
  /** The permissions of the owner in the team; null without permissions or owner. */
  readonly permissions: readonly string[] | null;
  /** Base64, newest first. */
  readonly sealedSecrets: readonly string[];
}

export function openSending(deliveryId: string): Statement<Sending> {
  return statement(
    'webhooks.open_sending',
    `select
  d.id as "deliveryId",
  d.team_id as "teamId",
  d.webhook_id as "webhookId",
  d.status,
  d.event_id as "eventId",
  d.event_type as "eventType",
  d.event_position::text as position,
  to_json(d.created_at) #>> '{}' as "createdAt",
  d.attempt_count as attempts,
  w.url,
  w.is_enabled as "isEnabled",
  w.failure_count as failures,
  case when w.paused_until > now() then to_json(w.paused_until) #>> '{}' end as "pausedUntil",
  e.body,
  e.needs,
  case when r.user_id is not null then app.narrow(r.permissions, w.scopes) end as permissions,
  array(
    select encode(s.sealed_secret, 'base64')
    from public.webhook_secrets s
    where s.team_id = d.team_id
      and s.webhook_id = d.webhook_id
      and (s.expires_at is null or s.expires_at > now())
    order by s.created_at desc
  ) as "sealedSecrets"
from public.webhook_deliveries d
join public.webhooks w on w.team_id = d.team_id and w.id = d.webhook_id
left join public.events e on e.position = d.event_position and e.event_id = d.event_id
left join lateral app.rights_in_teams(array[w.owner_id], array[w.team_id]) r on true
where d.id = $1`,
    [deliveryId],
  );
}

/** The log entry of one attempt. */
export interface Attempt {
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly responseStatus: number | null;
  readonly excerpt: string | null;
  readonly error: string | null;
}

export function logAttempt(teamId: string, deliveryId: string, attempt: Attempt): Statement {
  return statement(
    'webhooks.log_attempt',
    `insert into public.webhook_attempts (
  team_id, delivery_id, number, started_at, duration_ms, response_status, response_excerpt, error
)
select $1, $2, 1 + coalesce(max(a.number), 0), $3, $4, $5, $6, $7
from public.webhook_attempts a
where a.team_id = $1
  and a.delivery_id = $2`,
    [teamId, deliveryId, attempt.startedAt, attempt.durationMs, attempt.responseStatus, attempt.excerpt, attempt.error],
  );
}

export function markDelivered(deliveryId: string, responseStatus: number | null): Statement {
  return statement(
    'webhooks.mark_delivered',
    `update public.webhook_deliveries
set status = 'delivered',
    attempt_count = attempt_count + 1,
    next_attempt_at = null,
    response_status = $2,
    error = null,
    delivered_at = now()
where id = $1`,
    [deliveryId, responseStatus],
  );
}

/**
 * Records a success of the webhook. It writes only after a failure or every few seconds, because concurrent deliveries
 * would otherwise queue for the row.
 */
export function recordSuccess(webhookId: string): Statement {
  return statement(
    'webhooks.note_success',
    `update public.webhooks
set failure_count = 0,
    failing_since = null,
    paused_until = null,
    last_delivered_at = now()
where id = $1
  and (
    failure_count > 0
    or last_delivered_at is null
    or last_delivered_at < now() - interval '5 seconds'
  )`,
    [webhookId],
  );
}

/** Schedules another attempt after a delay; null gives the delivery up. */
export function markFailed(
  deliveryId: string,
  failure: { responseStatus: number | null; error: string | null; delaySeconds: number | null },
): Statement<{ status: string }> {
  return statement(
    'webhooks.mark_failed',
    `update public.webhook_deliveries
set status = case when $4::float8 is null then 'dead' else 'pending' end,
    attempt_count = attempt_count + 1,
    next_attempt_at = now() + make_interval(secs => $4::float8),
    response_status = $2,
    error = $3
where id = $1
  and status = 'pending'
returning status`,
    [deliveryId, failure.responseStatus, failure.error, failure.delaySeconds],
  );
}

/** Counts a failure of the webhook, and remembers when the series of failures began. */
export function recordFailure(
  webhookId: string,
  pauseSeconds: number,
): Statement<{ failures: number; failingHours: number; isEnabled: boolean }> {
  return statement(
    'webhooks.note_failure',
    `update public.webhooks
set failure_count = failure_count + 1,
    failing_since = coalesce(failing_since, now()),
    paused_until = case when $2::float8 > 0 then now() + make_interval(secs => $2::float8) end
where id = $1
returning
  failure_count as failures,
  extract(epoch from now() - failing_since)::float8 / 3600 as "failingHours",
  is_enabled as "isEnabled"`,
    [webhookId, pauseSeconds],
  );
}

export function disableWebhook(webhookId: string, reason: string): Statement<{ id: string }> {
  return statement(
    'webhooks.disable',
    `update public.webhooks
set is_enabled = false,
    disabled_reason = $2
where id = $1
  and is_enabled
returning id`,
    [webhookId, reason],
  );
}

/** Gives a delivery up without an attempt. */
export function markDead(deliveryId: string, error: string): Statement {
  return statement(
    'webhooks.mark_dead',
    `update public.webhook_deliveries
set status = 'dead',
    next_attempt_at = null,
    error = $2
where id = $1
  and status = 'pending'`,
    [deliveryId, error],
  );
}

/** Postpones a delivery without counting an attempt. */
export function postpone(deliveryId: string, until: string): Statement {
  return statement(
    'webhooks.postpone',
    `update public.webhook_deliveries
set next_attempt_at = $2::timestamptz + random() * interval '1 second'
where id = $1
  and status = 'pending'`,
    [deliveryId, until],
  );
}
