import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Req } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { CurrentSession, Needs } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import type { Answer } from '../../platform/http/answer.js';
import { ifMatch, onlyParameters } from '../../platform/http/conditional.js';
import { Describe } from '../../platform/http/describe.js';
import { uuidParameter } from '../../platform/http/parameters.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { createdAnswer, listAnswer, rowAnswer } from '../../platform/http/rows.js';
import { parseList } from '../../platform/schema/list-query.js';
import { sparse } from '../../platform/schema/sparse.js';
import { TaskLists, taskListRules } from '../tasks/task-lists.service.js';
import { Task } from '../tasks/task.dto.js';
import { NewTaskInTeam } from '../tasks/task-input.dto.js';
import { TasksService } from '../tasks/tasks.service.js';
import { NewTeam, Team, TeamPatch } from './team.dto.js';
import { teamListRules } from './team.rules.js';
import { TeamsService } from './teams.service.js';

@ApiTags('teams')
@Controller('teams')
export class TeamsController {
  constructor(
    private readonly teams: TeamsService,
    private readonly tasks: TasksService,
    private readonly lists: TaskLists,
  ) {}

  @Get()
  @Needs('tasks:read')
  @Describe({ summary: 'List your teams', list: teamListRules, returns: [Team] })
  async list(@CurrentSession() session: Session, @Req() request: ApiRequest): Promise<Answer> {
    return listAnswer(await this.teams.list(session, parseList(teamListRules, request.query)));
  }

  @Post()
  @Needs('tasks:write')
  @ApiBody({ type: NewTeam })
  @Describe({ summary: 'Create a team; you own it', returns: Team, status: 201, write: 'create' })
  async create(@CurrentSession() session: Session, @Req() request: ApiRequest, @Body() body: unknown): Promise<Answer> {
    onlyParameters(request);
    const row = await this.teams.create(session, body);
    return createdAnswer(row, `/api/v1/teams/${row.id}`);
  }

  @Get(':id')
  @Needs('tasks:read')
  @Describe({ summary: 'Get a team', returns: Team, sparse: Team, conditional: true, faults: ['NOT_FOUND'] })
  async get(@CurrentSession() session: Session, @Req() request: ApiRequest, @Param('id') id: string): Promise<Answer> {
    const { fields } = onlyParameters(request, 'fields');
    return rowAnswer(await this.teams.get(session, uuidParameter('id', id), sparse(Team, fields)));
  }

  @Patch(':id')
  @Needs('tasks:write')
  @ApiBody({ type: TeamPatch })
  @Describe({
    summary: 'Change a team that you manage (JSON merge patch)',
    returns: Team,
    write: 'update',
    faults: ['NOT_FOUND', 'VERSION_MISMATCH'],
  })
  async patch(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    onlyParameters(request);
    return rowAnswer(await this.teams.patch(session, uuidParameter('id', id), ifMatch(request), body));
  }

  @Delete(':id')
  @HttpCode(204)
  @Needs('tasks:write')
  @Describe({
    summary: 'Delete a team of yours in which nothing is left',
    description: 'Deleted tasks and projects of the team go with it; live ones stop the deletion.',
    status: 204,
    write: 'update',
    faults: ['NOT_FOUND', 'VERSION_MISMATCH', 'IN_USE', 'RULE_VIOLATED'],
  })
  async remove(@CurrentSession() session: Session, @Req() request: ApiRequest, @Param('id') id: string): Promise<void> {
    onlyParameters(request);
    await this.teams.remove(session, uuidParameter('id', id), ifMatch(request));
  }

  @Get(':id/tasks')
  @Needs('tasks:read')
  @Describe({ summary: 'List the tasks of a team', list: taskListRules, returns: [Task], faults: ['NOT_FOUND'] })
  async listTasks(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
  ): Promise<Answer> {
    const teamId = uuidParameter('id', id);
    return listAnswer(await this.lists.list(session, parseList(taskListRules, request.query), { teamId }));
  }

  @Post(':id/tasks')
  @Needs('tasks:write')
  @ApiBody({ type: NewTaskInTeam })
  @Describe({
    summary: 'Create a task in a team',
    returns: Task,
    status: 201,
    write: 'create',
    faults: ['NOT_FOUND', 'RULE_VIOLATED', 'VALIDATION_GATE_FAILED'],
  })
  async createTask(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    onlyParameters(request);
    const teamId = uuidParameter('id', id);
    const row = await this.tasks.create(session, body, NewTaskInTeam, { teamId });
    return createdAnswer(row, `/api/v1/tasks/${row.id}`);
  }
}
