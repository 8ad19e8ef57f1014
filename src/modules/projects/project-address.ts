import { Fault } from '../../platform/faults/fault.js';
import { Text, Uuid } from '../../platform/schema/field.js';
import { LIST_PATTERN, PROJECT_KEY_PATTERN, REF_PATTERN } from '../tasks/task.dto.js';
import type { ProjectAddress } from './projects.service.js';

/** A project in a path. */
export class ByKey {
  @Text({ description: 'Key of the project, or its id.', max: 200 })
  key: string;
}

/** A project in a path, and its team. */
export class ByKeyInTeam extends ByKey {
  @Uuid({ description: 'The team, when several of yours have a project with this key.', optional: true })
  teamId?: string;
}

/** A task of a project by its number. */
export class ByNumber extends ByKeyInTeam {
  @Text({ description: 'Number of the task, such as 15.2.', max: 200 })
  ref: string;

  @Text({
    description: 'The list that the number counts in.',
    max: 100,
    pattern: LIST_PATTERN,
    default: 'master',
    optional: true,
  })
  list: string;
}

/** @throws Fault NOT_FOUND: no project can have this key */
export function projectAddress({ key, teamId }: ByKeyInTeam): ProjectAddress {
  if (!PROJECT_KEY_PATTERN.test(key)) throw new Fault('NOT_FOUND', 'There is no such project.');
  return { keyOrId: key, teamId: teamId ?? null };
}

/** @throws Fault NOT_FOUND: no task can have this number */
export function taskNumber({ ref, list }: ByNumber): { readonly ref: string; readonly list: string } {
  if (!REF_PATTERN.test(ref)) throw new Fault('NOT_FOUND', 'There is no such task.');
  return { ref, list };
}
