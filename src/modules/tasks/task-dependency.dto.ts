import { Described } from '../../platform/schema/description.js';
import { Property } from '../../platform/schema/property.js';
import { ValidateBy } from 'class-validator';
import { ById } from '../../platform/operations/by-id.js';
import { Choice, Custom, Flag, Integer, Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import { REF_PATTERN } from './task.dto.js';
import { BLOCKER_CODES, STAGES, STATUSES } from './task.values.js';
import { isUuid } from '../../platform/schema/uuid.js';

@Described('A task as a reference from another resource shows it.')
export class TaskReference {
  @Uuid({ description: 'Identifier of the task.' })
  id: string;

  @Text({ description: 'Key of its project.', max: 64, nullable: true })
  projectKey: string | null;

  @Text({ description: 'Its list within the project.', max: 100, nullable: true })
  list: string | null;

  @Text({ description: 'Its number within project and list.', max: 100, nullable: true })
  ref: string | null;

  @Text({ description: 'What is to be done.', max: 500 })
  title: string;

  @Choice({ description: 'State of the work.', values: STATUSES })
  status: string;

  @Choice({ description: 'Finer state.', values: STAGES, nullable: true })
  stage: string | null;

  @Integer({ description: 'Priority, 0 lowest to 10 highest.', min: 0, max: 10 })
  priority: number;
}

@Described('A dependency: one task waits for another.')
export class TaskDependency {
  @Uuid({ description: 'The task that waits.' })
  taskId: string;

  @Custom('json', { description: 'The task that must be completed first.' }, { type: () => TaskReference }, [])
  dependsOn: TaskReference;

  @Uuid({ description: 'User who added the dependency.', nullable: true })
  createdBy: string | null;

  @Integer({ description: 'Counts every change of the dependency; the ETag.', min: 1, max: 2_147_483_647 })
  version: number;

  @Timestamp({ description: 'When it was added.', sortable: true, filters: ['range'] })
  createdAt: string;
}

@Described('A dependency, seen from the task that is waited for.')
export class TaskDependant {
  @Uuid({ description: 'The task that must be completed first.' })
  taskId: string;

  @Custom('json', { description: 'The task that waits.' }, { type: () => TaskReference }, [])
  dependant: TaskReference;

  @Uuid({ description: 'User who added the dependency.', nullable: true })
  createdBy: string | null;

  @Timestamp({ description: 'When it was added.' })
  createdAt: string;
}

function IsTaskWord(): PropertyDecorator {
  return ValidateBy({
    name: 'isTaskWord',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'string'
          ? isUuid(value) || REF_PATTERN.test(value)
          : Number.isInteger(value) && (value as number) > 0 && (value as number) <= 999_999_999,
      defaultMessage: () => '$property must be the id of a task, or its number within the project, such as 15.2',
    },
  });
}

@Described('The task that another one should wait for.')
export class NewDependency {
  @Custom(
    'text',
    {
      description: 'The task that must be completed first: its id, or its number within the same project and list.',
      example: '1.2',
    },
    {
      oneOf: [
        { type: 'string', maxLength: 100 },
        { type: 'integer', minimum: 1, maximum: 999_999_999 },
      ],
    },
    [IsTaskWord()],
  )
  dependsOn: string | number;
}

@Described('One reason why the service does not offer a task.')
export class BlockerReason {
  @Choice({ description: 'What keeps it, as a stable word.', values: BLOCKER_CODES })
  code: string;

  @Text({ description: 'The same as a sentence.', max: 500 })
  message: string;
}

@Described('An open prerequisite, direct or indirect.')
export class OpenPrerequisite extends TaskReference {
  @Uuid({ description: 'User who does it.', nullable: true })
  assigneeId: string | null;

  @Integer({ description: 'How far away: 1 is a direct dependency.', min: 1, max: 2_147_483_647 })
  depth: number;

  @Property({
    description: 'The tasks on a shortest way to it, itself last.',
    type: 'array',
    items: { type: 'string', format: 'uuid' },
  })
  path: string[];

  @Flag({ description: 'It can be begun now: these are what to do first.' })
  ready: boolean;
}

@Described('The reasons why a task is not ready.')
export class Blockers {
  @Uuid({ description: 'Task that was asked about.' })
  taskId: string;

  @Flag({ description: 'Pending, no stage, and every dependency satisfied.' })
  ready: boolean;

  @Flag({ description: 'Ready and offered by next and claim: nothing else keeps it either.' })
  claimable: boolean;

  @Property({ description: 'Everything that keeps it; empty when it is claimable.', type: () => [BlockerReason] })
  reasons: BlockerReason[];

  @Property({
    description: 'Every open prerequisite that can be reached, nearest first.',
    type: () => [OpenPrerequisite],
  })
  chain: OpenPrerequisite[];

  @Flag({ description: 'There are more prerequisites than the chain shows (about 1,000).' })
  truncated: boolean;
}

/** The address of a dependency in a path. */
export class DependencyAddress extends ById {
  @Text({ description: 'The other task: its id, or its number within the same project and list.', max: 100 })
  dependsOn: string;
}
