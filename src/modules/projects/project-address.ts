import { Fault } from '../../platform/faults/fault.js';
import { Text, Uuid } from '../../platform/schema/field.js';
import { LIST_PATTERN, PROJECT_KEY_PATTERN, REF_PATTERN } from '../tasks/task.dto.js';
import type { ProjectAddress } from './projects.service.js';

/** The address of a project in a path. */
export class ByKey {
  @Text({ description: 'Key of the project, or its id.', max: 200 })
  key: string;
}

/** The address of a project in a path, with its team. */
export class ByKeyInTeam extends ByKey {
  @Uuid({ description: 'The team, when several of yours have a project with this key.', optional: true })
  teamId?: string;
}

/** The address of a task by its number within a project. */
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

/** @throws Fault NOT_FOUND if no project can have this key */
export function projectAddress({ key, teamId }: ByKeyInTeam): ProjectAddress {
  if (!PROJECT_KEY_PATTERN.test(key)) throw new Fault('NOT_FOUND', 'There is no such project.');
  return { keyOrId: key, teamId: teamId ?? null };
}

/** @throws Fault NOT_FOUND if no task can have this number */
export function taskNumber({ ref, list }: ByNumber): { readonly ref: string; readonly list: string } {
  if (!REF_PATTERN.test(ref)) throw new Fault('NOT_FOUND', 'There is no such task.');
  return { ref, list };
}
