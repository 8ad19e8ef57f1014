import type { Statement } from '../database/statement.js';
import { statement } from '../database/statement.js';

export interface Place {
  /** Of the last event that the broker has acknowledged. */
  readonly position: string;
}

/** How long an instance that does not say anything more keeps the others from publishing. */
const LEASE = `interval '15 seconds'`;

/** The right to publish for a while, for whoever has it already or finds it free. A new broker starts with what is kept. */
export function takeBroker(broker: string, publisher: string): Statement<Place> {
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

/** After the broker has acknowledged everything up to here. No row: another instance has taken over. */
export function advanceBroker(broker: string, publisher: string, position: bigint): Statement<Place> {
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

/** Lets another instance go on at once. */
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
  /** Whose it is: the user who made the task or, where there is none, the record; else the team. */
  readonly key: string;
  readonly body: string;
}

/**
 * Events in order, each with its key. That of everything about a task is the user who made it: it never changes, so all
 * of a task's events stay in one partition, whoever acts. The actor would spread them.
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

/** How many events each broker has not acknowledged yet. */
export function brokerLags(): Statement<{ readonly broker: string; readonly lag: number }> {
  return statement(
    'brokers.lags',
    `select b.broker, greatest(s.head - greatest(b.position, s.trimmed), 0)::float8 as lag
from public.broker_positions b
cross join app.event_bounds() s`,
  );
}
