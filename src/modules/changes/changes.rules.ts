import type { Session } from '../../platform/auth/session.js';
import type { EventFilter } from '../../platform/events/event.js';
import { invalid } from '../../platform/faults/fault.js';
import { integerQuery, patternQuery, uuidQuery } from '../../platform/http/parameters.js';
import { LIMIT_DEFAULT, LIMIT_MAX } from '../../platform/schema/list-request.js';
import { isTimestamp } from '../../platform/schema/timestamp.js';
import { PROJECT_KEY_PATTERN } from '../tasks/task.dto.js';

export const WAIT_MAX = 30;
const TYPES_MAX = 50;
const TYPE = /^[a-z_]+\.(\*|[a-z_]+)$/;

export const CHANGES_PARAMETERS = ['since', 'limit', 'types', 'projectKey', 'taskId', 'wait'] as const;

const READS = ['*', 'tasks:read', 'validations:read', 'errors:read'];

/** Whether any event could be shown. PostgreSQL decides of each. */
export function mayReadChanges(session: Session): boolean {
  return session.permissions.some((permission) => READS.includes(permission));
}

/** Where to begin. */
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
  return isTimestamp(value) ? { kind: 'moment', moment: value } : { kind: 'cursor', cursor: value };
}

function typesOf(value: string | undefined): readonly string[] | null {
  if (value === undefined) return null;
  const types = value.split(',');
  if (types.length <= TYPES_MAX && types.every((type) => TYPE.test(type))) return types;
  const message = `must be a comma list of at most ${TYPES_MAX} types such as task.created or task.*`;
  throw invalid([{ path: 'query.types', message, code: 'INVALID_PARAMETER' }]);
}

/** @throws Fault VALIDATION_FAILED */
export function changesRequest(query: Readonly<Record<string, string | undefined>>): ChangesRequest {
  const types = typesOf(query['types']);
  const projectKey = patternQuery('projectKey', query['projectKey'], PROJECT_KEY_PATTERN);
  const taskId = uuidQuery('taskId', query['taskId']);
  const filter: EventFilter = {
    ...(types === null ? {} : { types }),
    ...(projectKey === null ? {} : { projectKey }),
    ...(taskId === null ? {} : { taskId }),
  };
  return {
    since: sinceOf(query['since']),
    limit: integerQuery('limit', query['limit'], LIMIT_DEFAULT, 1, LIMIT_MAX),
    filter: Object.keys(filter).length > 0 ? filter : undefined,
    waitMs: 1_000 * integerQuery('wait', query['wait'], 0, 0, WAIT_MAX),
  };
}
