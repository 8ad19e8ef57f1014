import type { Session } from '../auth/session.js';
import type { Statement } from '../database/statement.js';
import { statement } from '../database/statement.js';
import type { EventFilter } from './event.js';

/** A row of the table of events; bigints are texts. */
export interface EventRow {
  readonly position: string;
  readonly event_id: string;
  readonly team_id: string | null;
  readonly needs: string;
  readonly type: string;
  readonly project_id: string | null;
  readonly project_key: string | null;
  readonly record_id: string;
  readonly task_id: string | null;
  readonly body: string;
}

type Nothing<Row> = { readonly [K in keyof Row]: Row[K] | null };

/** A row that was just published. When nothing was, a single row without an event has the head of the stream. */
export type RelayedRow = Nothing<EventRow> & { readonly head: string; readonly more: boolean };

/** A row of a page. An empty page is a single row without an event. */
export type PageRow = Nothing<EventRow> & {
  readonly trimmed: string;
  readonly head: string;
  readonly from_here: boolean;
};

const COLUMNS = `e.position, e.event_id, e.team_id, e.needs, e.type, e.project_id, e.project_key, e.record_id, e.task_id, e.body`;

export function relayEvents(most: number): Statement<RelayedRow> {
  return statement('events.relay', 'select * from app.relay_events($1::integer)', [most]);
}

export function eventBounds(): Statement<{ readonly trimmed: string; readonly head: string }> {
  return statement('events.bounds', 'select trimmed, head from app.event_bounds()');
}

export function eventsAfter(position: bigint, limit: number): Statement<EventRow> {
  return statement(
    'events.after',
    `select ${COLUMNS}
from public.events e
where e.position > $1::bigint
order by e.position
limit $2::integer`,
    [String(position), limit],
  );
}

/** One index scan per team, so that other teams cost nothing; for administrators one scan over all. */
const WALKS = {
  member: `
    select near.*
    from unnest(app.current_team_ids()) team (id)
    cross join lateral (
      select t.*
      from public.events t
      where t.team_id = team.id
        and %
      order by t.position
      limit $2::integer
    ) near`,
  admin: `
    select t.*
    from public.events t
    where %`,
};

/**
 * A plain comparison: COALESCE counts as an expression that may leak, so behind row-level security a generic plan would
 * walk all events of a team and filter them.
 */
const AFTER = 't.position > $1::bigint';
const FILTER = `($3::text[] is null or t.type = any($3) or split_part(t.type, '.', 1) = any($4::text[]))
        and ($5::uuid is null or t.project_id = $5)
        and ($6::text is null or t.project_key = $6)
        and ($7::uuid is null or t.task_id = $7)`;

/** Reads events that the session may see. Bounds and rows come from one snapshot. */
export function eventPage(
  isAdmin: boolean,
  since: bigint | null,
  limit: number,
  filter: EventFilter | undefined,
): Statement<PageRow> {
  const kind = isAdmin ? 'admin' : 'member';
  const narrows = filter !== undefined;
  const where = narrows ? `${AFTER}\n        and ${FILTER}` : AFTER;
  // Deleted events are gone, so the oldest one that is kept comes after 0.
  const values = [String(since ?? 0n), limit];
  const { types = null, projectId = null, projectKey = null, taskId = null } = filter ?? {};
  const kinds = (types ?? []).filter((type) => type.endsWith('.*')).map((type) => type.slice(0, -2));
  return statement(
    `events.page_${kind}${narrows ? '_filtered' : ''}`,
    `select b.trimmed, b.head, not pg_is_in_recovery() as from_here, ${COLUMNS}
from app.event_bounds() b
left join lateral (
  select w.*
  from (${WALKS[kind].replace('%', where)}
  ) w
  order by w.position
  limit $2::integer
) e on true
order by e.position`,
    narrows ? [...values, types, kinds, projectId, projectKey, taskId] : values,
  );
}

export function eventPosition(moment: string): Statement<{ readonly position: string | null }> {
  return statement('events.position', 'select app.event_position($1::timestamptz) as position', [moment]);
}

export interface AudienceRow {
  readonly place: string;
  readonly team_ids: readonly string[];
  readonly permissions: readonly string[];
  readonly is_admin: boolean;
}

export function eventAudience(sessions: readonly Session[]): Statement<AudienceRow> {
  return statement(
    'events.audience',
    'select place, team_ids, permissions, is_admin from app.event_audience($1::uuid[], $2::uuid[], $3::text[])',
    [
      sessions.map(({ userId }) => userId),
      sessions.map(({ credentialId }) => credentialId),
      sessions.map(({ scopes }) => scopes?.join(' ') ?? null),
    ],
  );
}

export function eventLag(): Statement<{ readonly rows: string; readonly seconds: number }> {
  return statement('events.lag', 'select rows, seconds from app.event_lag()');
}

export function trimEvents(keepDays: number, most: number): Statement<{ readonly dropped: number }> {
  return statement(
    'events.trim',
    'select app.trim_events(make_interval(days => $1::integer), $2::integer) as dropped',
    [keepDays, most],
  );
}
