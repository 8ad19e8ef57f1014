import { Described } from '../../platform/schema/description.js';
import { Choice, Custom, Integer, Text, Uuid } from '../../platform/schema/field.js';
import { omit, partial, patchOf } from '../../platform/schema/mapped-types.js';
import { IsPriority } from './task-priority.js';
import { LIST_PATTERN, PROJECT_KEY_PATTERN, REF_PATTERN, Task } from './task.dto.js';
import { PRIORITY_NAMES, STAGES, STATUS_NAMES } from './task.values.js';

const READ_ONLY = [
  'id',
  'ref',
  'completed',
  'createdBy',
  'nextOccurrence',
  'version',
  'createdAt',
  'updatedAt',
  'startedAt',
  'completedAt',
  'deletedAt',
] as const;
const PLACE = ['teamId', 'projectKey', 'list', 'parentTaskId'] as const;
const DIALECT = ['status', 'stage', 'priority'] as const;

/** Fields that locate a task or that only the service sets. They are not part of its content. */
export const NOT_CONTENT = [...READ_ONLY, ...PLACE] as const;

const title = {
  description: 'What is to be done.',
  min: 1,
  max: 500,
  pattern: /\S/,
  patternMessage: 'title must not be blank',
};

/** The fields that clients set, except the title. Status and priority also accept the values of other tools. */
class TaskContent extends partial(omit(Task, [...NOT_CONTENT, ...DIALECT, 'title'] as const)) {
  @Choice({
    description: 'State of the work; the words of tasks.json and of boards are mapped onto status and stage.',
    values: STATUS_NAMES,
    default: 'pending',
    optional: true,
  })
  status?: string;

  @Choice({
    description: 'Finer state: `review` with in_progress, `blocked` and `deferred` with pending; null clears it.',
    values: STAGES,
    nullable: true,
    optional: true,
  })
  stage?: string | null;

  @Custom(
    'json',
    {
      optional: true,
      description: 'Priority 0 to 10, or low (2), medium (5), high (8), urgent or critical (10).',
      default: 0,
    },
    {
      oneOf: [
        { type: 'integer', minimum: 0, maximum: 10 },
        { type: 'string', enum: [...PRIORITY_NAMES] },
      ],
    },
    [IsPriority()],
  )
  priority?: number | string;
}

@Described('A change of a task: a JSON merge patch (RFC 7396), in which null resets a field.')
export class TaskPatch extends patchOf(TaskContent) {
  @Text({ ...title, optional: true })
  title?: string;
}

@Described('A change of a task that can name the lease it is made under.')
export class FencedTaskPatch extends TaskPatch {
  @Integer({
    description: 'Fence of the lease that this is done under, as the header Lease-Fence.',
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    optional: true,
  })
  fence?: number;
}

@Described('The complete content of a task. An omitted field gets its default.')
export class TaskReplacement extends TaskContent {
  @Text(title)
  title: string;
}

@Described('A task to create: its place and its content.')
export class NewTask extends TaskReplacement {
  @Uuid({ description: 'Team; defaults to that of the project or parent, else to your default team.', optional: true })
  teamId?: string;

  @Text({
    description: 'Key of the project, or its id.',
    max: 64,
    pattern: PROJECT_KEY_PATTERN,
    nullable: true,
    optional: true,
  })
  projectKey?: string | null;

  @Text({
    description: 'List within the project.',
    max: 100,
    pattern: LIST_PATTERN,
    nullable: true,
    default: 'master',
    optional: true,
  })
  list?: string | null;

  @Uuid({ description: 'Makes it a subtask.', nullable: true, optional: true })
  parentTaskId?: string | null;

  @Text({
    description: 'Number of the parent within project and list: makes it a subtask.',
    max: 100,
    pattern: REF_PATTERN,
    nullable: true,
    optional: true,
  })
  parentRef?: string | null;
}

@Described('A task to create in the project that the path or argument names.')
export class NewTaskInPlace extends omit(NewTask, ['teamId', 'projectKey'] as const) {}

@Described('A task to create in the team that the path or argument names.')
export class NewTaskInTeam extends omit(NewTask, ['teamId'] as const) {}
