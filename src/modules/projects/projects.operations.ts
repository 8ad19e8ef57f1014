import type { FaultCode } from '../../platform/faults/catalogue.js';
import type { Call, ListCall, Result } from '../../platform/operations/operation.js';
import { Operation, Operations } from '../../platform/operations/operation.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { ByKeyInTeam, projectAddress } from './project-address.js';
import { NewProject, Project, ProjectPatch, TaskList } from './project.dto.js';
import { projectListRules, taskListListRules } from './project.rules.js';
import { ProjectsService } from './projects.service.js';

interface CreatedProject extends Result {
  readonly id: string;
  readonly projectKey: string;
  readonly teamId: string;
}

const FAULTS: readonly FaultCode[] = ['NOT_FOUND', 'AMBIGUOUS_PROJECT'];

@Operations('projects')
export class ProjectsOperations {
  constructor(private readonly projects: ProjectsService) {}

  @Operation({
    summary: 'List projects',
    kind: 'list',
    permission: 'tasks:read',
    list: projectListRules,
    returns: [Project],
    faults: ['NOT_FOUND'],
    rest: 'GET /projects',
    graphql: 'projects',
    tool: 'list_projects',
  })
  listProjects({ session, list }: ListCall): Promise<ListPage> {
    return this.projects.list(session, list);
  }

  @Operation({
    summary: 'Create a project',
    description: 'Without teamId it belongs to your default team.',
    kind: 'create',
    permission: 'tasks:write',
    input: NewProject,
    returns: Project,
    faults: ['NOT_FOUND', 'ALREADY_EXISTS'],
    rest: {
      route: 'POST /projects',
      location: ({ projectKey, teamId }: CreatedProject) => `/projects/${projectKey}?teamId=${teamId}`,
    },
    graphql: 'createProject',
    tool: 'create_project',
  })
  createProject({ session, input }: Call): Promise<CreatedProject> {
    return this.projects.create(session, input);
  }

  @Operation({
    summary: 'Get a project by its key or id',
    kind: 'read',
    permission: 'tasks:read',
    params: ByKeyInTeam,
    returns: Project,
    sparse: true,
    versioned: true,
    faults: FAULTS,
    rest: 'GET /projects/{key}',
    graphql: 'project',
    tool: 'get_project',
  })
  getProject({ session, params, fields }: Call<ByKeyInTeam>): Promise<Result> {
    return this.projects.get(session, projectAddress(params), fields);
  }

  @Operation({
    summary: 'Change a project (JSON merge patch)',
    kind: 'update',
    permission: 'tasks:write',
    params: ByKeyInTeam,
    input: ProjectPatch,
    returns: Project,
    faults: [...FAULTS, 'VERSION_MISMATCH'],
    rest: 'PATCH /projects/{key}',
    graphql: 'updateProject',
  })
  updateProject({ session, params, version, input }: Call<ByKeyInTeam>): Promise<Result> {
    return this.projects.patch(session, projectAddress(params), version, input);
  }

  @Operation({
    summary: 'Delete a project that has no tasks left; its key stays taken',
    kind: 'delete',
    permission: 'tasks:write',
    params: ByKeyInTeam,
    faults: [...FAULTS, 'VERSION_MISMATCH', 'IN_USE'],
    rest: 'DELETE /projects/{key}',
    graphql: 'deleteProject',
  })
  deleteProject({ session, params, version }: Call<ByKeyInTeam>): Promise<void> {
    return this.projects.remove(session, projectAddress(params), version);
  }

  @Operation({
    summary: 'List the task lists of a project',
    kind: 'list',
    permission: 'tasks:read',
    params: ByKeyInTeam,
    list: taskListListRules,
    returns: [TaskList],
    faults: FAULTS,
    rest: 'GET /projects/{key}/lists',
    graphql: 'projectLists',
    tool: 'list_lists',
  })
  listTaskLists({ session, params, list }: ListCall<ByKeyInTeam>): Promise<ListPage> {
    return this.projects.lists(session, projectAddress(params), list);
  }
}
