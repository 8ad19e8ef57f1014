import { Resolver } from '@nestjs/graphql';
import type { Call, Connection } from '../../platform/graphql/call.js';
import { ID_ARGUMENT, Lists, Reads, Writes, ids, inputOf } from '../../platform/graphql/operations.js';
import type { Row } from '../../platform/graphql/related.js';
import { textParameter } from '../../platform/http/parameters.js';
import { Blockers, NewDependency, TaskDependency } from './task-dependency.dto.js';
import { TaskDependencies, dependencyListRules } from './task-dependencies.service.js';

const ID_OR_REF = /^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|\d{1,9}(\.\d{1,9}){0,31})$/;
const TASK = ids('taskId');
const OTHER = {
  dependsOn: {
    type: String,
    description: 'The other task: its id, or its number within the same list.',
    required: true,
  },
};

@Resolver()
export class TaskDependenciesResolver {
  constructor(private readonly dependencies: TaskDependencies) {}

  @Lists('tasks:read', 'What a task depends on.', dependencyListRules, TASK)
  taskDependencies(call: Call): Promise<Connection> {
    return call.page(
      TaskDependency,
      this.dependencies.list(call.session, call.uuid('taskId'), call.list(dependencyListRules)),
    );
  }

  @Reads('tasks:read', 'Why a task is not ready, and what to do first.', { returns: Blockers, args: ID_ARGUMENT })
  async taskBlockers(call: Call): Promise<Row> {
    return call.value(Blockers, await this.dependencies.blockers(call.session, call.id));
  }

  @Writes('tasks:write', 'Makes a task depend on another one of its team.', {
    returns: TaskDependency,
    args: { ...TASK, ...inputOf(NewDependency) },
    kind: 'create',
  })
  addTaskDependency(call: Call): Promise<Row> {
    return call.row(TaskDependency, this.dependencies.add(call.session, call.uuid('taskId'), call.input));
  }

  @Writes('tasks:write', 'Takes a dependency away.', { returns: null, args: { ...TASK, ...OTHER }, kind: 'change' })
  removeTaskDependency(call: Call): Promise<true> {
    const other = textParameter(call.text('dependsOn') ?? '', ID_OR_REF, 'dependency');
    return call.done(this.dependencies.remove(call.session, call.uuid('taskId'), other));
  }
}
