import { ById } from '../../platform/operations/by-id.js';
import type { Call, ListCall, Result } from '../../platform/operations/operation.js';
import { Operation, Operations } from '../../platform/operations/operation.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { TaskLists, taskListRules } from '../tasks/task-lists.service.js';
import { ExpandedTask, Task } from '../tasks/task.dto.js';
import { NewTaskInTeam } from '../tasks/task-input.dto.js';
import { TasksService } from '../tasks/tasks.service.js';
import { NewTeam, Team, TeamPatch } from './team.dto.js';
import { teamListRules } from './team.rules.js';
import { TeamsService } from './teams.service.js';

const OF_TEAM = { id: 'teamId' };

@Operations('teams')
export class TeamsOperations {
  constructor(
    private readonly teams: TeamsService,
    private readonly tasks: TasksService,
    private readonly lists: TaskLists,
  ) {}

  @Operation({
    summary: 'List your teams',
    kind: 'list',
    permission: 'tasks:read',
    list: teamListRules,
    returns: [Team],
    rest: 'GET /teams',
    graphql: 'teams',
    tool: 'list_teams',
  })
  listTeams({ session, list }: ListCall): Promise<ListPage> {
    return this.teams.list(session, list);
  }

  @Operation({
    summary: 'Create a team; you own it',
    kind: 'create',
    permission: 'tasks:write',
    input: NewTeam,
    returns: Team,
    rest: { route: 'POST /teams', location: ({ id }) => `/teams/${id}` },
    graphql: 'createTeam',
  })
  createTeam({ session, input }: Call): Promise<Result> {
    return this.teams.create(session, input);
  }

  @Operation({
    summary: 'Get a team',
    kind: 'read',
    permission: 'tasks:read',
    params: ById,
    returns: Team,
    sparse: true,
    versioned: true,
    faults: ['NOT_FOUND'],
    rest: 'GET /teams/{id}',
    graphql: 'team',
  })
  getTeam({ session, params, fields }: Call<ById>): Promise<Result> {
    return this.teams.get(session, params.id, fields);
  }

  @Operation({
    summary: 'Change a team that you manage (JSON merge patch)',
    kind: 'update',
    permission: 'tasks:write',
    params: ById,
    input: TeamPatch,
    returns: Team,
    faults: ['NOT_FOUND', 'VERSION_MISMATCH'],
    rest: 'PATCH /teams/{id}',
    graphql: 'updateTeam',
  })
  updateTeam({ session, params, version, input }: Call<ById>): Promise<Result> {
    return this.teams.patch(session, params.id, version, input);
  }

  @Operation({
    summary: 'Delete a team of yours in which nothing is left',
    description: 'Deleted tasks and projects of the team go with it; live ones stop the deletion.',
    kind: 'delete',
    permission: 'tasks:write',
    params: ById,
    faults: ['NOT_FOUND', 'VERSION_MISMATCH', 'IN_USE', 'RULE_VIOLATED'],
    rest: 'DELETE /teams/{id}',
    graphql: 'deleteTeam',
  })
  deleteTeam({ session, params, version }: Call<ById>): Promise<void> {
    return this.teams.remove(session, params.id, version);
  }

  @Operation({
    summary: 'List the tasks of a team',
    kind: 'list',
    permission: 'tasks:read',
    params: ById,
    list: taskListRules,
    returns: [Task],
    faults: ['NOT_FOUND'],
    rest: 'GET /teams/{id}/tasks',
    graphql: { field: 'teamTasks', arguments: OF_TEAM },
  })
  listTeamTasks({ session, params, list }: ListCall<ById>): Promise<ListPage> {
    return this.lists.list(session, list, { teamId: params.id });
  }

  @Operation({
    summary: 'Create a task in a team',
    kind: 'create',
    permission: 'tasks:write',
    params: ById,
    input: NewTaskInTeam,
    returns: Task,
    expands: ExpandedTask,
    faults: ['NOT_FOUND', 'RULE_VIOLATED', 'VALIDATION_GATE_FAILED'],
    rest: { route: 'POST /teams/{id}/tasks', location: ({ id }) => `/tasks/${id}` },
    graphql: { field: 'createTeamTask', arguments: OF_TEAM },
  })
  createTeamTask({ session, params, input, fields }: Call<ById>): Promise<Result> {
    return this.tasks.create(session, input, { shape: NewTaskInTeam, within: { teamId: params.id }, fields });
  }
}
