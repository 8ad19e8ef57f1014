import { Described } from '../../platform/schema/description.js';
import { ById } from '../../platform/operations/by-id.js';
import { Choice, Flag, Integer, JsonObject, Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import { partial, patchOf, pick } from '../../platform/schema/mapped-types.js';
import { WORKFLOW_STATES } from './task.values.js';

@Described('Background of a task: files, decisions, links, or anything else that its type names.')
export class TaskContext {
  @Uuid({ description: 'Identifier (UUID); it never changes.', filters: ['equal'] })
  id: string;

  @Uuid({ description: 'Task that this belongs to.' })
  taskId: string;

  @Text({
    description: 'Kind of context, a word of your own.',
    min: 1,
    max: 50,
    pattern: /\S/,
    patternMessage: 'contextType must not be blank',
    filters: ['equal'],
    sortable: true,
    example: 'decision',
  })
  contextType: string;

  @JsonObject({ description: 'The context itself; kept as it is.', default: {} })
  contextData: Record<string, unknown>;

  @Uuid({ description: 'User who added it.', nullable: true, filters: ['equal'] })
  createdBy: string | null;

  @Integer({ description: 'Counts every change; the ETag.', min: 1, max: 2_147_483_647 })
  version: number;

  @Timestamp({ description: 'When it was added.', filters: ['range'], sortable: true })
  createdAt: string;

  @Timestamp({ description: 'When it last changed.', filters: ['range'], sortable: true })
  updatedAt: string;
}

@Described('A change of a context: a JSON merge patch (RFC 7396).')
export class TaskContextPatch extends patchOf(pick(TaskContext, ['contextType', 'contextData'] as const)) {}

@Described('A context to add to a task.')
export class NewTaskContext extends partial(pick(TaskContext, ['contextData'] as const)) {
  @Text({
    description: 'Kind of context, a word of your own.',
    min: 1,
    max: 50,
    pattern: /\S/,
    patternMessage: 'contextType must not be blank',
    example: 'decision',
  })
  contextType: string;
}

const content = {
  description: 'What is said, as text or Markdown.',
  min: 1,
  max: 10_000,
  pattern: /\S/,
  patternMessage: 'content must not be blank',
  example: 'Works on my machine since 1.4.',
};

@Described('A comment on a task.')
export class TaskComment {
  @Uuid({ description: 'Identifier (UUID); it never changes.', filters: ['equal'] })
  id: string;

  @Uuid({ description: 'Task that this belongs to.' })
  taskId: string;

  @Uuid({ description: 'Who wrote it; null when the user is gone.', nullable: true, filters: ['equal'] })
  userId: string | null;

  @Text(content)
  content: string;

  @Flag({ description: 'The text was changed after it was written.' })
  edited: boolean;

  @Integer({ description: 'Counts every change; the ETag.', min: 1, max: 2_147_483_647 })
  version: number;

  @Timestamp({ description: 'When it was written.', filters: ['range'], sortable: true })
  createdAt: string;

  @Timestamp({ description: 'When it last changed.', filters: ['range'], sortable: true })
  updatedAt: string;
}

@Described('The text of a new comment, or the new text of an existing one.')
export class CommentContent {
  @Text(content)
  content: string;
}

@Described('The state of one step of a workflow that works on a task.')
export class WorkflowState {
  @Uuid({ description: 'Identifier (UUID); it never changes.', filters: ['equal'] })
  id: string;

  @Uuid({ description: 'Task that this belongs to.' })
  taskId: string;

  @Text({
    description: 'Name of the workflow.',
    min: 1,
    max: 100,
    filters: ['equal'],
    sortable: true,
    example: 'review',
  })
  workflowName: string;

  @Text({ description: 'Name of the step.', min: 1, max: 100, filters: ['equal'], sortable: true, example: 'lint' })
  stepName: string;

  @Choice({ description: 'State of the step.', values: WORKFLOW_STATES, default: 'pending', filters: ['equal'] })
  state: string;

  @JsonObject({ description: 'Data of the step; kept as it is.', default: {} })
  stateData: Record<string, unknown>;

  @Timestamp({ description: 'When the step began.', nullable: true, filters: ['range'], sortable: true })
  startedAt: string | null;

  @Timestamp({ description: 'When the step ended.', nullable: true, filters: ['range'], sortable: true })
  completedAt: string | null;

  @Integer({ description: 'Counts every change; the ETag.', min: 1, max: 2_147_483_647 })
  version: number;

  @Timestamp({ description: 'When it was added.', filters: ['range'], sortable: true })
  createdAt: string;

  @Timestamp({ description: 'When it last changed.', filters: ['range'], sortable: true })
  updatedAt: string;
}

@Described('A change of a step: a JSON merge patch (RFC 7396). The service derives the times from the state.')
export class WorkflowStatePatch extends patchOf(pick(WorkflowState, ['state', 'stateData'] as const)) {}

@Described('A step to add to a task.')
export class NewWorkflowState extends partial(pick(WorkflowState, ['state', 'stateData'] as const)) {
  @Text({ description: 'Name of the workflow.', min: 1, max: 100, pattern: /\S/, example: 'review' })
  workflowName: string;

  @Text({ description: 'Name of the step.', min: 1, max: 100, pattern: /\S/, example: 'lint' })
  stepName: string;
}

/** The address of a context in a path. */
export class ContextAddress extends ById {
  @Uuid({ description: 'Identifier of the context.' })
  contextId: string;
}

/** The address of a comment in a path. */
export class CommentAddress extends ById {
  @Uuid({ description: 'Identifier of the comment.' })
  commentId: string;
}

/** The address of a workflow state in a path. */
export class WorkflowStateAddress extends ById {
  @Uuid({ description: 'Identifier of the workflow state.' })
  stateId: string;
}
