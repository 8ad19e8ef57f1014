import { Integer, Text, Uuid } from '../../platform/schema/field.js';
import { LIST_PATTERN, PROJECT_KEY_PATTERN } from './task.dto.js';

/** Where to search for the next task. */
export class NextTasksQuery {
  @Text({ description: 'Only this project, by its key.', max: 64, pattern: PROJECT_KEY_PATTERN, optional: true })
  projectKey?: string;

  @Text({ description: 'Only this list.', max: 100, pattern: LIST_PATTERN, optional: true })
  list?: string;

  @Uuid({
    description:
      'Only this team. Without team and project: the project that the credential is bound to, else your default team.',
    optional: true,
  })
  teamId?: string;

  @Integer({ description: 'How many at most.', min: 1, max: 100, default: 1, optional: true })
  limit: number;
}
