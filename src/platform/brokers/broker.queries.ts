import type { Statement } from '../database/statement.js';
import { statement } from '../database/statement.js';

export interface BrokerPosition {
  /** The position of the last event that the broker has acknowledged. */
  readonly position: string;
}

/** How long a silent instance keeps the others from publishing. */
const LEASE = `interval '15 seconds'`;

/** Takes or renews the lease on publishing to a broker. A new broker starts with the oldest event that is kept. */
export function takeBroker(broker: string, publisher: string): Statement<BrokerPosition> {
  return statement(
    'brokers.take',
    `insert into public.broker_positions as b (broker, publisher, leased_until)
values ($1, $2::uuid, now() + ${LEASE})
on conflict (broker) do update set
  publisher = excluded.publisher,
  leased_until = excluded.leased_until
where b.publisher is null
  or b.publisher = excluded.publisher
  or b.leased_until < now()
returning b.position`,
    [broker, publisher],
  );
}

/** Advances the acknowledged position. No row means that another instance has taken over. */
export function advanceBroker(broker: string, publisher: string, position: bigint): Statement<BrokerPosition> {
  return statement(
    'brokers.advance',
    `update public.broker_positions b
set position = greatest(b.position, $3::bigint),
    leased_until = now() + ${LEASE},
    updated_at = now()
where b.broker = $1
  and b.publisher = $2::uuid
returning b.position`,
    [broker, publisher, String(position)],
  );
}

/** Ends the lease, so that another instance can continue at once. */
export function releaseBroker(broker: string, publisher: string): Statement {
  return statement(
    'brokers.release',
    `update public.broker_positions b
set publisher = null,
    leased_until = null
where b.broker = $1
  and b.publisher = $2::uuid`,
    [broker, publisher],
  );
}

export interface OutgoingEvent {
  readonly position: string;
  readonly type: string;
  /** The partition key: the user who created the task or, without a task, the record; else the team. */
  readonly key: string;
  readonly body: string;
}

/**
 * Reads events in order, each with its partition key. All events of a task have its creator as key, which never changes, so
 * they stay in one partition. With the actor as key they would be spread.
 */
export function outgoingEvents(position: bigint, limit: number): Statement<OutgoingEvent> {
  return statement(
    'brokers.outgoing_events',
    `select
  e.position,
  e.type,
  e.body,
  coalesce(
    t.created_by::text,
    e.body::json #>> '{data,createdBy}',
    e.body::json #>> '{data,userId}',
    e.team_id::text,
    e.record_id::text) as key
from public.events e
left join public.tasks t on t.team_id = e.team_id and t.id = e.task_id
where e.position > $1::bigint
order by e.position
limit $2::integer`,
    [String(position), limit],
  );
}

/** Counts the events that each broker has not acknowledged yet. */
export function brokerLags(): Statement<{ readonly broker: string; readonly lag: number }> {
  return statement(
    'brokers.lags',
    `select b.broker, greatest(s.head - greatest(b.position, s.trimmed), 0)::float8 as lag
from public.broker_positions b
cross join app.event_bounds() s`,
  );
}
