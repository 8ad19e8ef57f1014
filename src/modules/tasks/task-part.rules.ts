import type { Type } from '@nestjs/common';
import type { ListRules } from '../../platform/schema/list-request.js';
import type { Shape } from '../../platform/schema/field.js';
import {
  CommentAddress,
  CommentContent,
  ContextAddress,
  NewTaskContext,
  NewWorkflowState,
  TaskComment,
  TaskContext,
  TaskContextPatch,
  WorkflowState,
  WorkflowStateAddress,
  WorkflowStatePatch,
} from './task-context.dto.js';

type Input = new () => object;

/** A kind of record that belongs to a task. All kinds share one set of operations. */
export interface TaskPart {
  readonly what: string;
  /** The last segment of the route, and the parameter after it. */
  readonly path: string;
  readonly parameter: string;
  readonly address: Shape;
  /** The suffix of operation names, and the GraphQL field. */
  readonly name: string;
  readonly field: string;
  readonly table: string;
  /** The column with the author. */
  readonly author: 'created_by' | 'user_id' | null;
  readonly shape: Type;
  readonly create: Input;
  readonly patch: Input;
  /** The values that a null in a patch restores. */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly list: ListRules;
}

export const contexts: TaskPart = {
  what: 'context',
  path: 'contexts',
  parameter: 'contextId',
  address: ContextAddress,
  name: 'TaskContext',
  field: 'taskContext',
  table: 'task_contexts',
  author: 'created_by',
  shape: TaskContext,
  create: NewTaskContext,
  patch: TaskContextPatch,
  defaults: { contextData: {} },
  list: { shape: TaskContext, defaultSort: '-createdAt', searchable: false },
};

export const comments: TaskPart = {
  what: 'comment',
  path: 'comments',
  parameter: 'commentId',
  address: CommentAddress,
  name: 'TaskComment',
  field: 'taskComment',
  table: 'task_comments',
  author: 'user_id',
  shape: TaskComment,
  create: CommentContent,
  patch: CommentContent,
  defaults: {},
  list: { shape: TaskComment, defaultSort: 'createdAt', searchable: false },
};

export const workflowStates: TaskPart = {
  what: 'workflow state',
  path: 'workflow-states',
  parameter: 'stateId',
  address: WorkflowStateAddress,
  name: 'WorkflowState',
  field: 'workflowState',
  table: 'workflow_states',
  author: null,
  shape: WorkflowState,
  create: NewWorkflowState,
  patch: WorkflowStatePatch,
  defaults: { state: 'pending', stateData: {} },
  list: { shape: WorkflowState, defaultSort: 'createdAt', searchable: false },
};
