import { Resolver } from '@nestjs/graphql';
import type { Call, Connection } from '../../platform/graphql/call.js';
import { Lists, Reads, Writes, ids, inputOf } from '../../platform/graphql/operations.js';
import type { Row } from '../../platform/graphql/related.js';
import { CommentContent, NewTaskContext, NewWorkflowState, TaskComment, TaskContext } from './task-context.dto.js';
import { TaskContextPatch, WorkflowState, WorkflowStatePatch } from './task-context.dto.js';
import type { TaskPart } from './task-part.rules.js';
import { comments, contexts, workflowStates } from './task-part.rules.js';
import type { PartAddress } from './task-parts.service.js';
import { TaskParts } from './task-parts.service.js';

const TASK = ids('taskId');
const PART = ids('taskId', 'id');

const addressOf = (call: Call): PartAddress => ({ taskId: call.uuid('taskId'), id: call.id });

/** What hangs on a task: contexts, comments and workflow states, each in the same way. */
@Resolver()
export class TaskPartsResolver {
  constructor(private readonly parts: TaskParts) {}

  @Lists('tasks:read', 'The contexts of a task.', contexts.list, TASK)
  taskContexts(call: Call): Promise<Connection> {
    return this.page(call, contexts);
  }

  @Reads('tasks:read', 'A context of a task.', { returns: TaskContext, args: PART })
  taskContext(call: Call): Promise<Row> {
    return this.one(call, contexts);
  }

  @Writes('tasks:write', 'Adds a context to a task.', {
    returns: TaskContext,
    args: { ...TASK, ...inputOf(NewTaskContext) },
    kind: 'create',
  })
  addTaskContext(call: Call): Promise<Row> {
    return this.add(call, contexts);
  }

  @Writes('tasks:write', 'Changes a context of a task.', {
    returns: TaskContext,
    args: { ...PART, ...inputOf(TaskContextPatch) },
    kind: 'update',
  })
  updateTaskContext(call: Call): Promise<Row> {
    return this.change(call, contexts);
  }

  @Writes('tasks:write', 'Deletes a context of a task.', { returns: null, args: PART, kind: 'update' })
  deleteTaskContext(call: Call): Promise<true> {
    return this.remove(call, contexts);
  }

  @Lists('tasks:read', 'The comments of a task.', comments.list, TASK)
  taskComments(call: Call): Promise<Connection> {
    return this.page(call, comments);
  }

  @Reads('tasks:read', 'A comment of a task.', { returns: TaskComment, args: PART })
  taskComment(call: Call): Promise<Row> {
    return this.one(call, comments);
  }

  @Writes('tasks:write', 'Adds a comment to a task.', {
    returns: TaskComment,
    args: { ...TASK, ...inputOf(CommentContent) },
    kind: 'create',
  })
  addTaskComment(call: Call): Promise<Row> {
    return this.add(call, comments);
  }

  @Writes('tasks:write', 'Changes a comment of a task.', {
    returns: TaskComment,
    args: { ...PART, ...inputOf(CommentContent) },
    kind: 'update',
  })
  updateTaskComment(call: Call): Promise<Row> {
    return this.change(call, comments);
  }

  @Writes('tasks:write', 'Deletes a comment of a task.', { returns: null, args: PART, kind: 'update' })
  deleteTaskComment(call: Call): Promise<true> {
    return this.remove(call, comments);
  }

  @Lists('tasks:read', 'The workflow states of a task.', workflowStates.list, TASK)
  workflowStates(call: Call): Promise<Connection> {
    return this.page(call, workflowStates);
  }

  @Reads('tasks:read', 'A workflow state of a task.', { returns: WorkflowState, args: PART })
  workflowState(call: Call): Promise<Row> {
    return this.one(call, workflowStates);
  }

  @Writes('tasks:write', 'Adds a workflow state to a task.', {
    returns: WorkflowState,
    args: { ...TASK, ...inputOf(NewWorkflowState) },
    kind: 'create',
  })
  addWorkflowState(call: Call): Promise<Row> {
    return this.add(call, workflowStates);
  }

  @Writes('tasks:write', 'Changes a workflow state of a task.', {
    returns: WorkflowState,
    args: { ...PART, ...inputOf(WorkflowStatePatch) },
    kind: 'update',
  })
  updateWorkflowState(call: Call): Promise<Row> {
    return this.change(call, workflowStates);
  }

  private page(call: Call, part: TaskPart): Promise<Connection> {
    return call.page(part.shape, this.parts.list(call.session, part, call.uuid('taskId'), call.list(part.list)));
  }

  private one(call: Call, part: TaskPart): Promise<Row> {
    return call.row(part.shape, this.parts.get(call.session, part, addressOf(call)));
  }

  private add(call: Call, part: TaskPart): Promise<Row> {
    return call.row(part.shape, this.parts.add(call.session, part, call.uuid('taskId'), call.input));
  }

  private change(call: Call, part: TaskPart): Promise<Row> {
    return call.row(part.shape, this.parts.change(call.session, part, addressOf(call), call.ifMatch, call.input));
  }

  private remove(call: Call, part: TaskPart): Promise<true> {
    return call.done(this.parts.remove(call.session, part, addressOf(call), call.ifMatch));
  }
}
