import type { EventFilter } from '../../platform/events/event.js';
import { Fault, invalid } from '../../platform/faults/fault.js';
import type { Subscribe } from './live.dto.js';
import { isUuid } from '../../platform/schema/uuid.js';

/** Translates a subscription into an event filter. */
export function filterOf({ projectKey, taskId, types }: Subscribe): EventFilter {
  const isId = projectKey !== undefined && isUuid(projectKey);
  return {
    ...(types === undefined ? {} : { types }),
    ...(projectKey === undefined ? {} : isId ? { projectId: projectKey.toLowerCase() } : { projectKey }),
    ...(taskId === undefined ? {} : { taskId: taskId.toLowerCase() }),
  };
}

/** @throws Fault VALIDATION_FAILED if a message without fields has any */
export function assertEmpty(body: unknown): void {
  const names = Object.keys(body ?? {});
  if (names.length === 0) return;
  throw invalid(names.map((path) => ({ path, message: `${path} is not a known field`, code: 'UNKNOWN_FIELD' })));
}

/** Rewrites the paths of a fault: a URL parameter in REST is a field of the message here. */
export function inMessage(error: unknown): unknown {
  if (!(error instanceof Fault) || error.code !== 'VALIDATION_FAILED') return error;
  return invalid(error.errors.map((problem) => ({ ...problem, path: problem.path.replace(/^query\./, '') })));
}
