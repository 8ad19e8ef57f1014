import { Int, Resolver } from '@nestjs/graphql';
import type { Call, Connection } from '../../platform/graphql/call.js';
import type { Row } from '../../platform/graphql/related.js';
import { FENCE_ARGUMENT, ID_ARGUMENT, Lists, Reads, Writes, inputOf } from '../../platform/graphql/operations.js';
import { integerQuery, patternQuery, uuidQuery } from '../../platform/http/parameters.js';
import { NextTasks } from './next-tasks.service.js';
import type { BulkResult as Result } from './task-bulk.dto.js';
import { BulkRequest, BulkResult } from './task-bulk.dto.js';
import { TaskBulk } from './task-bulk.service.js';
import { TaskLists, taskListRules } from './task-lists.service.js';
import './task.relations.js';
import { LIST_PATTERN, PROJECT_KEY_PATTERN, Task } from './task.dto.js';
import { NewTask, TaskPatch, TaskReplacement } from './task-input.dto.js';
import { TasksService } from './tasks.service.js';

const PLACE = {
  projectKey: { type: String, description: 'Only of this project, by its key.' },
  list: { type: String, description: 'Only of this list.' },
  teamId: { type: String, description: 'Only of this team.' },
};
const FIRST = { first: { type: Int, description: 'How many at most, 1 to 100.', default: 1 } };
const UPDATE = { ...ID_ARGUMENT, ...FENCE_ARGUMENT };

@Resolver()
export class TasksResolver {
  constructor(
    private readonly service: TasksService,
    private readonly lists: TaskLists,
    private readonly next: NextTasks,
    private readonly bulk: TaskBulk,
  ) {}

  @Reads('tasks:read', 'A task.', { returns: Task, args: ID_ARGUMENT })
  task(call: Call): Promise<Row> {
    return call.row(Task, this.service.get(call.session, { id: call.id }, call.columns(Task)));
  }

  @Lists('tasks:read', 'Tasks.', taskListRules)
  tasks(call: Call): Promise<Connection> {
    return call.page(Task, this.lists.list(call.session, call.list(taskListRules)));
  }

  @Reads('tasks:read', 'The tasks to do next, best first.', { returns: [Task], args: { ...PLACE, ...FIRST } })
  async nextTasks(call: Call): Promise<Row[]> {
    const scope = {
      teamId: uuidQuery('teamId', call.text('teamId') ?? undefined),
      projectKey: patternQuery('projectKey', call.text('projectKey') ?? undefined, PROJECT_KEY_PATTERN),
      list: patternQuery('list', call.text('list') ?? undefined, LIST_PATTERN),
    };
    const limit = integerQuery('first', String(call.args.first), 1, 1, 100);
    return call.rows(Task, await this.next.find(call.session, scope, limit));
  }

  @Writes('tasks:write', 'Creates a task.', { returns: Task, args: inputOf(NewTask), kind: 'create' })
  createTask(call: Call): Promise<Row> {
    return call.row(Task, this.service.create(call.session, call.input));
  }

  @Writes('tasks:write', 'Changes a task: what is named is set, null resets.', {
    returns: Task,
    args: { ...UPDATE, ...inputOf(TaskPatch) },
    kind: 'update',
  })
  updateTask(call: Call): Promise<Row> {
    return call.row(Task, this.service.patch(call.session, { id: call.id }, call.ifMatch, call.input, call.fence));
  }

  @Writes('tasks:write', 'Replaces the content of a task.', {
    returns: Task,
    args: { ...UPDATE, ...inputOf(TaskReplacement) },
    kind: 'update',
  })
  replaceTask(call: Call): Promise<Row> {
    return call.row(Task, this.service.replace(call.session, { id: call.id }, call.ifMatch, call.input, call.fence));
  }

  @Writes('tasks:write', 'Deletes a task and its subtasks; they can be restored.', {
    returns: null,
    args: UPDATE,
    kind: 'update',
  })
  deleteTask(call: Call): Promise<true> {
    return call.done(this.service.remove(call.session, { id: call.id }, call.ifMatch, call.fence));
  }

  @Writes('tasks:write', 'Restores a deleted task with what was deleted with it.', {
    returns: Task,
    args: ID_ARGUMENT,
    kind: 'create',
  })
  restoreTask(call: Call): Promise<Row> {
    return call.row(Task, this.service.restore(call.session, call.id));
  }

  @Writes('tasks:write', 'Completes a task; a completed one stays as it is.', {
    returns: Task,
    args: UPDATE,
    kind: 'update',
  })
  completeTask(call: Call): Promise<Row> {
    return call.row(Task, this.service.complete(call.session, { id: call.id }, call.ifMatch, undefined, call.fence));
  }

  @Writes('tasks:write', 'Creates, updates and deletes up to 1,000 tasks in one transaction.', {
    returns: [BulkResult],
    args: inputOf(BulkRequest),
    kind: 'create',
  })
  bulkTasks(call: Call): Promise<Result[]> {
    return this.bulk.run(call.session, call.input);
  }
}
