import type { FaultCode } from '../../platform/faults/catalogue.js';
import { ById } from '../../platform/operations/by-id.js';
import type { Call, ListCall, Result } from '../../platform/operations/operation.js';
import { Operation, Operations, json } from '../../platform/operations/operation.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { BulkRequest, BulkResult } from './task-bulk.dto.js';
import { TaskBulk } from './task-bulk.service.js';
import { TaskDetails } from './task-expand.dto.js';
import { FencedTaskPatch, NewTask, TaskPatch, TaskReplacement } from './task-input.dto.js';
import { Completion } from './task-lease.dto.js';
import { TaskLists, taskListRules } from './task-lists.service.js';
import { ExpandedTask, Task } from './task.dto.js';
import { TasksService } from './tasks.service.js';

const CHANGE: readonly FaultCode[] = ['NOT_FOUND', 'VERSION_MISMATCH', 'LEASE_LOST'];

@Operations('tasks')
export class TasksOperations {
  constructor(
    private readonly tasks: TasksService,
    private readonly lists: TaskLists,
    private readonly bulk: TaskBulk,
  ) {}

  @Operation({
    summary: 'List tasks',
    kind: 'list',
    permission: 'tasks:read',
    list: taskListRules,
    returns: [Task],
    faults: ['NOT_FOUND'],
    rest: 'GET /tasks',
    graphql: 'tasks',
    tool: 'get_tasks',
  })
  listTasks({ session, list }: ListCall): Promise<ListPage> {
    return this.lists.list(session, list);
  }

  @Operation({
    summary: 'Create a task',
    kind: 'create',
    permission: 'tasks:write',
    input: NewTask,
    returns: Task,
    expands: ExpandedTask,
    faults: ['NOT_FOUND', 'AMBIGUOUS_PROJECT', 'RULE_VIOLATED', 'VALIDATION_GATE_FAILED'],
    rest: { route: 'POST /tasks', location: ({ id }) => `/tasks/${id}` },
    graphql: 'createTask',
    tool: 'add_task',
  })
  createTask({ session, input, fields }: Call): Promise<Result> {
    return this.tasks.create(session, input, { fields });
  }

  @Operation({
    summary: 'Create, update and delete up to 1,000 tasks in one transaction',
    message: 'Operations processed',
    kind: 'action',
    permission: 'tasks:write',
    input: BulkRequest,
    items: 'operations',
    returns: [BulkResult],
    faults: [
      'NOT_FOUND',
      'VERSION_MISMATCH',
      'LEASE_LOST',
      'RULE_VIOLATED',
      'AMBIGUOUS_PROJECT',
      'VALIDATION_GATE_FAILED',
    ],
    rest: 'POST /tasks/bulk',
    graphql: 'bulkTasks',
    tool: 'bulk_tasks',
  })
  async changeTasksInBulk({ session, input }: Call): Promise<Result> {
    return json(await this.bulk.run(session, input));
  }

  @Operation({
    summary: 'Get a task',
    kind: 'read',
    permission: 'tasks:read',
    params: ById,
    returns: Task,
    sparse: true,
    expands: TaskDetails,
    versioned: true,
    faults: ['NOT_FOUND'],
    rest: 'GET /tasks/{id}',
    graphql: 'task',
    tool: 'get_task',
  })
  getTask({ session, params, fields }: Call<ById>): Promise<Result> {
    return this.tasks.get(session, params, fields);
  }

  @Operation({
    summary: 'Change a task (JSON merge patch)',
    kind: 'update',
    permission: 'tasks:write',
    params: ById,
    input: TaskPatch,
    returns: Task,
    fenced: true,
    faults: [...CHANGE, 'RULE_VIOLATED', 'VALIDATION_GATE_FAILED'],
    rest: { route: 'PATCH /tasks/{id}', body: FencedTaskPatch },
    graphql: 'updateTask',
    tool: 'update_task',
  })
  updateTask({ session, params, version, input, fence }: Call<ById>): Promise<Result> {
    return this.tasks.patch(session, params, version, input, fence);
  }

  @Operation({
    summary: 'Replace the content of a task',
    kind: 'update',
    permission: 'tasks:write',
    params: ById,
    input: TaskReplacement,
    returns: Task,
    fenced: true,
    faults: [...CHANGE, 'RULE_VIOLATED', 'VALIDATION_GATE_FAILED'],
    rest: 'PUT /tasks/{id}',
    graphql: 'replaceTask',
  })
  replaceTask({ session, params, version, input, fence }: Call<ById>): Promise<Result> {
    return this.tasks.replace(session, params, version, input, fence);
  }

  @Operation({
    summary: 'Delete a task and its subtasks; they can be restored',
    kind: 'delete',
    permission: 'tasks:write',
    params: ById,
    fenced: true,
    faults: CHANGE,
    rest: 'DELETE /tasks/{id}',
    graphql: 'deleteTask',
    tool: 'remove_task',
  })
  deleteTask({ session, params, version, fence }: Call<ById>): Promise<void> {
    return this.tasks.remove(session, params, version, fence);
  }

  @Operation({
    summary: 'Restore a deleted task with what was deleted with it',
    kind: 'action',
    permission: 'tasks:write',
    params: ById,
    returns: Task,
    faults: ['NOT_FOUND', 'CONFLICT'],
    rest: 'POST /tasks/{id}/restore',
    graphql: 'restoreTask',
    tool: 'restore_task',
  })
  restoreTask({ session, params }: Call<ById>): Promise<Result> {
    return this.tasks.restore(session, params.id);
  }

  @Operation({
    summary: 'Complete a task; a completed one stays as it is',
    kind: 'action',
    guard: 'version',
    permission: 'tasks:write',
    params: ById,
    returns: Task,
    fenced: true,
    faults: [...CHANGE, 'VALIDATION_GATE_FAILED'],
    rest: { route: ['POST /tasks/{id}/complete', 'PATCH /tasks/{id}/complete'], body: Completion },
    graphql: 'completeTask',
    tool: 'complete_task',
  })
  completeTask({ session, params, version, input, fence }: Call<ById>): Promise<Result> {
    return this.tasks.complete(session, params, version, input, fence);
  }
}
