import { patternQuery, textParameter, uuidQuery } from '../../platform/http/parameters.js';
import { LIST_PATTERN, PROJECT_KEY_PATTERN, REF_PATTERN } from '../tasks/task.dto.js';
import type { ProjectAddress } from './projects.service.js';

/**
 * A project as a path and `?teamId=` name it.
 * @throws Fault NOT_FOUND (nothing can have this key), VALIDATION_FAILED
 */
export function projectAddress(key: string, teamId: unknown): ProjectAddress {
  const team = uuidQuery('teamId', typeof teamId === 'string' ? teamId : undefined);
  return { keyOrId: textParameter(key, PROJECT_KEY_PATTERN, 'project'), teamId: team };
}

/**
 * A task's number and list within a project.
 * @throws Fault NOT_FOUND, VALIDATION_FAILED
 */
export function numberAddress(ref: string, list: string | undefined): { ref: string; list: string } {
  return { list: patternQuery('list', list, LIST_PATTERN) ?? 'master', ref: textParameter(ref, REF_PATTERN, 'task') };
}
