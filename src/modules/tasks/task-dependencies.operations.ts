import { ById } from '../../platform/operations/by-id.js';
import type { Call, ListCall, Result } from '../../platform/operations/operation.js';
import { Operation, Operations } from '../../platform/operations/operation.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { Blockers, DependencyAddress, NewDependency, TaskDependency } from './task-dependency.dto.js';
import { TaskDependencies, dependencyListRules } from './task-dependencies.service.js';

const OF_TASK = { id: 'taskId' };

// What the other task is like changes without a new version of the dependency.
const versioned = 'partly';

@Operations('tasks')
export class TaskDependenciesOperations {
  constructor(private readonly dependencies: TaskDependencies) {}

  @Operation({
    summary: 'List what a task depends on',
    kind: 'list',
    permission: 'tasks:read',
    params: ById,
    list: dependencyListRules,
    returns: [TaskDependency],
    faults: ['NOT_FOUND'],
    rest: 'GET /tasks/{id}/dependencies',
    graphql: { field: 'taskDependencies', arguments: OF_TASK },
  })
  listTaskDependencies({ session, params, list }: ListCall<ById>): Promise<ListPage> {
    return this.dependencies.list(session, params.id, list);
  }

  @Operation({
    summary: 'Get a dependency of a task',
    kind: 'read',
    permission: 'tasks:read',
    params: DependencyAddress,
    returns: TaskDependency,
    versioned,
    faults: ['NOT_FOUND'],
    rest: 'GET /tasks/{id}/dependencies/{dependsOn}',
    graphql: { field: 'taskDependency', arguments: OF_TASK },
  })
  getTaskDependency({ session, params: { id, dependsOn } }: Call<DependencyAddress>): Promise<Result> {
    return this.dependencies.get(session, id, dependsOn);
  }

  @Operation({
    summary: 'Make a task depend on another one of its team',
    description: 'Adding a dependency that is there already changes nothing.',
    kind: 'create',
    permission: 'tasks:write',
    params: ById,
    input: NewDependency,
    returns: TaskDependency,
    versioned,
    faults: ['NOT_FOUND', 'DEPENDENCY_CYCLE'],
    rest: 'POST /tasks/{id}/dependencies',
    graphql: { field: 'addTaskDependency', arguments: OF_TASK },
    tool: 'add_dependency',
  })
  addTaskDependency({ session, params, input }: Call<ById>): Promise<Result> {
    return this.dependencies.add(session, params.id, input);
  }

  @Operation({
    summary: 'Take a dependency away',
    kind: 'delete',
    permission: 'tasks:write',
    params: DependencyAddress,
    faults: ['NOT_FOUND', 'VERSION_MISMATCH'],
    rest: 'DELETE /tasks/{id}/dependencies/{dependsOn}',
    graphql: { field: 'removeTaskDependency', arguments: OF_TASK },
    tool: 'remove_dependency',
  })
  removeTaskDependency({ session, params: { id, dependsOn }, version }: Call<DependencyAddress>): Promise<void> {
    return this.dependencies.remove(session, id, dependsOn, version);
  }

  @Operation({
    summary: 'Why a task is not ready, and what to do first',
    description:
      'The reasons, and every open prerequisite that can be reached from the task: those that are ready are what to do first. A deleted task is explained as well.',
    kind: 'read',
    permission: 'tasks:read',
    params: ById,
    returns: Blockers,
    faults: ['NOT_FOUND'],
    rest: 'GET /tasks/{id}/blockers',
    graphql: 'taskBlockers',
    tool: 'get_blockers',
  })
  async getTaskBlockers({ session, params }: Call<ById>): Promise<Result> {
    return { data: await this.dependencies.blockers(session, params.id) };
  }
}
