import { Described } from '../../platform/schema/description.js';
import type { Type } from '@nestjs/common';
import { Custom, Flag, Integer, Text } from '../../platform/schema/field.js';
import { Property } from '../../platform/schema/property.js';
import { TaskComment } from './task-context.dto.js';
import { TaskDependant, TaskDependency, TaskReference } from './task-dependency.dto.js';
import { ExpandedTask } from './task.dto.js';

/** The rows of a list that an expansion includes. Longer lists are cut, and say so. */
export const EXPANDED_MAX = 100;

@Described('A comment with the name of its author, which people read without another request.')
export class NamedComment extends TaskComment {
  @Text({
    description: 'Name of who wrote it; null when the user is gone or not visible to you.',
    max: 255,
    nullable: true,
    sql: '(select u.name from public.users u where u.id = t.user_id)',
  })
  userName: string | null;
}

interface RelatedOptions {
  readonly description: string;
  readonly type: () => Type;
  readonly nullable?: boolean;
}

/** Rows that belong to the task; `task-expand.queries.ts` reads them. */
function Related({ description, type, nullable = false }: RelatedOptions): PropertyDecorator {
  return Custom('json', { description, nullable, optional: true, readOnly: true }, { type }, []);
}

class ExpandedList {
  @Integer({ description: 'Number of all rows.', min: 0, max: 2_147_483_647 })
  total: number;

  @Flag({ description: `Whether there are more rows than the first ${EXPANDED_MAX}, which items holds.` })
  hasMore: boolean;
}

@Described('Dependencies in the order in which they were added.')
export class ExpandedDependencies extends ExpandedList {
  @Property({ description: 'The first rows.', type: () => [TaskDependency] })
  items: TaskDependency[];
}

@Described('Dependants in the order in which they were added.')
export class ExpandedDependants extends ExpandedList {
  @Property({ description: 'The first rows.', type: () => [TaskDependant] })
  items: TaskDependant[];
}

@Described('Subtasks by number.')
export class ExpandedSubtasks extends ExpandedList {
  @Property({ description: 'The first rows.', type: () => [TaskReference] })
  items: TaskReference[];
}

@Described('Comments, oldest first.')
export class ExpandedComments extends ExpandedList {
  @Property({ description: 'The first rows.', type: () => [NamedComment] })
  items: NamedComment[];
}

@Described('A task with all that `expand` adds to it when it is read alone. Deleted tasks are left out.')
export class TaskDetails extends ExpandedTask {
  @Related({ description: 'What the task waits for.', type: () => ExpandedDependencies })
  dependencies?: ExpandedDependencies;

  @Related({ description: 'What waits for the task.', type: () => ExpandedDependants })
  dependants?: ExpandedDependants;

  @Related({ description: 'Its subtasks, by number.', type: () => ExpandedSubtasks })
  subtasks?: ExpandedSubtasks;

  @Related({
    description: 'The task that it is a subtask of; null without one.',
    type: () => TaskReference,
    nullable: true,
  })
  parent?: TaskReference | null;

  @Related({ description: 'Its comments, oldest first.', type: () => ExpandedComments })
  comments?: ExpandedComments;
}
