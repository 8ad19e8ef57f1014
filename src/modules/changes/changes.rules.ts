import type { EventFilter } from '../../platform/events/event.js';
import { canonicalTimestamp } from '../../platform/schema/timestamp.js';
import type { ChangesQuery } from './change.dto.js';

/** The position to start from. */
export type Since =
  | { readonly kind: 'oldest' }
  | { readonly kind: 'now' }
  | { readonly kind: 'moment'; readonly moment: string }
  | { readonly kind: 'cursor'; readonly cursor: string };

export interface ChangesRequest {
  readonly since: Since;
  readonly limit: number;
  readonly filter: EventFilter | undefined;
  readonly waitMs: number;
}

function sinceOf(value: string | undefined): Since {
  if (value === undefined || value === '') return { kind: 'oldest' };
  if (value === 'now') return { kind: 'now' };
  const moment = canonicalTimestamp(value);
  return moment === null ? { kind: 'cursor', cursor: value } : { kind: 'moment', moment };
}

/** Translates the query of a client into a request to the event stream. */
export function changesRequest({ since, limit, types, projectKey, taskId, wait }: ChangesQuery): ChangesRequest {
  const filter: EventFilter = {
    ...(types === undefined ? {} : { types }),
    ...(projectKey === undefined ? {} : { projectKey }),
    ...(taskId === undefined ? {} : { taskId }),
  };
  return {
    since: sinceOf(since),
    limit,
    filter: Object.keys(filter).length > 0 ? filter : undefined,
    waitMs: 1_000 * wait,
  };
}
