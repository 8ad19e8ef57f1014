import { Resolver } from '@nestjs/graphql';
import type { Call, Connection } from '../../platform/graphql/call.js';
import { Lists, Reads, Writes, inputOf, names } from '../../platform/graphql/operations.js';
import type { Row } from '../../platform/graphql/related.js';
import { Task } from '../tasks/task.dto.js';
import { TasksService } from '../tasks/tasks.service.js';
import { numberAddress, projectAddress } from './project-address.js';
import './project.relations.js';
import { NewProject, Project, ProjectPatch, TaskList } from './project.dto.js';
import { projectListRules, taskListListRules } from './project.rules.js';
import type { ProjectAddress } from './projects.service.js';
import { ProjectsService } from './projects.service.js';

const PROJECT = {
  ...names(true, { key: 'Key of the project, or its id.' }),
  ...names(false, { teamId: 'The team, when several of yours have a project with this key.' }),
};
const NUMBER = {
  ...names(true, { ref: 'Number of the task, such as 15.2.' }),
  ...names(false, { list: 'The list that the number counts in; master when left out.' }),
};

const addressOf = (call: Call): ProjectAddress =>
  projectAddress(call.text('key') ?? '', call.text('teamId') ?? undefined);

@Resolver()
export class ProjectsResolver {
  constructor(
    private readonly service: ProjectsService,
    private readonly tasks: TasksService,
  ) {}

  @Reads('tasks:read', 'A project.', { returns: Project, args: PROJECT })
  project(call: Call): Promise<Row> {
    return call.row(Project, this.service.get(call.session, addressOf(call), call.columns(Project)));
  }

  @Lists('tasks:read', 'Projects.', projectListRules)
  projects(call: Call): Promise<Connection> {
    return call.page(Project, this.service.list(call.session, call.list(projectListRules)));
  }

  @Lists('tasks:read', 'The task lists of a project.', taskListListRules, PROJECT)
  projectLists(call: Call): Promise<Connection> {
    return call.page(TaskList, this.service.lists(call.session, addressOf(call), call.list(taskListListRules)));
  }

  @Reads('tasks:read', 'A task by its number within a project.', { returns: Task, args: { ...PROJECT, ...NUMBER } })
  async projectTask(call: Call): Promise<Row> {
    const { keyOrId, teamId } = addressOf(call);
    const number = numberAddress(call.text('ref') ?? '', call.text('list') ?? undefined);
    const place = await this.tasks.projectPlace(call.session, keyOrId, teamId);
    return call.row(Task, this.tasks.get(call.session, { ...place, ...number }, call.columns(Task)));
  }

  @Writes('tasks:write', 'Creates a project.', { returns: Project, args: inputOf(NewProject), kind: 'create' })
  createProject(call: Call): Promise<Row> {
    return call.row(Project, this.service.create(call.session, call.input));
  }

  @Writes('tasks:write', 'Changes a project: what is named is set, null resets.', {
    returns: Project,
    args: { ...PROJECT, ...inputOf(ProjectPatch) },
    kind: 'update',
  })
  updateProject(call: Call): Promise<Row> {
    return call.row(Project, this.service.patch(call.session, addressOf(call), call.ifMatch, call.input));
  }

  @Writes('tasks:write', 'Deletes a project.', { returns: null, args: PROJECT, kind: 'update' })
  deleteProject(call: Call): Promise<true> {
    return call.done(this.service.remove(call.session, addressOf(call), call.ifMatch));
  }
}
