import type { Session } from '../../platform/auth/session.js';
import type { FaultCode } from '../../platform/faults/catalogue.js';
import type { Call, ListCall, Result } from '../../platform/operations/operation.js';
import { Operation, Operations } from '../../platform/operations/operation.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { TaskDetails } from '../tasks/task-expand.dto.js';
import { TaskLists, taskListRules } from '../tasks/task-lists.service.js';
import { FencedTaskPatch, NewTaskInPlace, TaskPatch, TaskReplacement } from '../tasks/task-input.dto.js';
import { Completion } from '../tasks/task-lease.dto.js';
import { ExpandedTask, Task } from '../tasks/task.dto.js';
import { TasksService } from '../tasks/tasks.service.js';
import { ByKey, ByKeyInTeam, ByNumber, projectAddress, taskNumber } from './project-address.js';

const FAULTS: readonly FaultCode[] = ['NOT_FOUND', 'AMBIGUOUS_PROJECT'];
const CHANGE: readonly FaultCode[] = [...FAULTS, 'VERSION_MISMATCH', 'LEASE_LOST'];

interface Address {
  readonly teamId: string;
  readonly projectKey: string;
  readonly list: string;
  readonly ref: string;
}

/** The use cases of `/tasks` for tasks that are addressed by their number within a project. */
@Operations('projects')
export class ProjectTasksOperations {
  constructor(
    private readonly tasks: TasksService,
    private readonly lists: TaskLists,
  ) {}

  @Operation({
    summary: 'List the tasks of a project',
    kind: 'list',
    permission: 'tasks:read',
    params: ByKey,
    list: taskListRules,
    returns: [Task],
    faults: FAULTS,
    rest: 'GET /projects/{key}/tasks',
    graphql: 'projectTasks',
  })
  async listProjectTasks({ session, params, list }: ListCall<ByKey>): Promise<ListPage> {
    const { keyOrId, teamId } = projectAddress({ key: params.key, teamId: list.own.teamId });
    return this.lists.list(session, list, await this.tasks.resolveProject(session, keyOrId, teamId));
  }

  @Operation({
    summary: 'Create a task in a project; it gets the next number of its list',
    kind: 'create',
    permission: 'tasks:write',
    params: ByKeyInTeam,
    input: NewTaskInPlace,
    returns: Task,
    expands: ExpandedTask,
    faults: [...FAULTS, 'RULE_VIOLATED', 'VALIDATION_GATE_FAILED'],
    rest: { route: 'POST /projects/{key}/tasks', location: ({ id }) => `/tasks/${id}` },
    graphql: 'createProjectTask',
  })
  createProjectTask({ session, params, input, fields }: Call<ByKeyInTeam>): Promise<Result> {
    const { keyOrId, teamId } = projectAddress(params);
    const within = { projectKey: keyOrId, ...(teamId === null ? {} : { teamId }) };
    return this.tasks.create(session, input, { shape: NewTaskInPlace, within, fields });
  }

  @Operation({
    summary: 'Get a task by its number',
    kind: 'read',
    permission: 'tasks:read',
    params: ByNumber,
    returns: Task,
    sparse: true,
    expands: TaskDetails,
    versioned: true,
    faults: FAULTS,
    rest: 'GET /projects/{key}/tasks/{ref}',
    graphql: 'projectTask',
  })
  async getProjectTask({ session, params, fields }: Call<ByNumber>): Promise<Result> {
    return this.tasks.get(session, await this.address(session, params), fields);
  }

  @Operation({
    summary: 'Change a task by its number (JSON merge patch)',
    kind: 'update',
    permission: 'tasks:write',
    params: ByNumber,
    input: TaskPatch,
    returns: Task,
    fenced: true,
    faults: [...CHANGE, 'RULE_VIOLATED', 'VALIDATION_GATE_FAILED'],
    rest: { route: 'PATCH /projects/{key}/tasks/{ref}', body: FencedTaskPatch },
    graphql: 'updateProjectTask',
  })
  async updateProjectTask({ session, params, version, input, fence }: Call<ByNumber>): Promise<Result> {
    return this.tasks.patch(session, await this.address(session, params), version, input, fence);
  }

  @Operation({
    summary: 'Replace the content of a task by its number',
    kind: 'update',
    permission: 'tasks:write',
    params: ByNumber,
    input: TaskReplacement,
    returns: Task,
    fenced: true,
    faults: [...CHANGE, 'RULE_VIOLATED', 'VALIDATION_GATE_FAILED'],
    rest: 'PUT /projects/{key}/tasks/{ref}',
    graphql: 'replaceProjectTask',
  })
  async replaceProjectTask({ session, params, version, input, fence }: Call<ByNumber>): Promise<Result> {
    return this.tasks.replace(session, await this.address(session, params), version, input, fence);
  }

  @Operation({
    summary: 'Delete a task and its subtasks by its number; they can be restored',
    kind: 'delete',
    permission: 'tasks:write',
    params: ByNumber,
    fenced: true,
    faults: CHANGE,
    rest: 'DELETE /projects/{key}/tasks/{ref}',
    graphql: 'deleteProjectTask',
  })
  async deleteProjectTask({ session, params, version, fence }: Call<ByNumber>): Promise<void> {
    await this.tasks.remove(session, await this.address(session, params), version, fence);
  }

  @Operation({
    summary: 'Complete a task by its number; a completed one stays as it is',
    kind: 'action',
    guard: 'version',
    permission: 'tasks:write',
    params: ByNumber,
    returns: Task,
    fenced: true,
    faults: [...CHANGE, 'VALIDATION_GATE_FAILED'],
    rest: {
      route: ['POST /projects/{key}/tasks/{ref}/complete', 'PATCH /projects/{key}/tasks/{ref}/complete'],
      body: Completion,
    },
    graphql: 'completeProjectTask',
  })
  async completeProjectTask({ session, params, version, input, fence }: Call<ByNumber>): Promise<Result> {
    return this.tasks.complete(session, await this.address(session, params), version, input, fence);
  }

  private async address(session: Session, params: ByNumber): Promise<Address> {
    const { keyOrId, teamId } = projectAddress(params);
    const number = taskNumber(params);
    return { ...(await this.tasks.resolveProject(session, keyOrId, teamId)), ...number };
  }
}
