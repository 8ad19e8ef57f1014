import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Req } from '@nestjs/common';
import { ApiBody, ApiQuery, ApiTags } from '@nestjs/swagger';
import { CurrentSession, Needs } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import type { Answer } from '../../platform/http/answer.js';
import { ifMatch, onlyParameters } from '../../platform/http/conditional.js';
import { Describe } from '../../platform/http/describe.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { createdAnswer, listAnswer, rowAnswer } from '../../platform/http/rows.js';
import type { RawQuery } from '../../platform/schema/list-query.js';
import { parseList } from '../../platform/schema/list-query.js';
import { sparse } from '../../platform/schema/sparse.js';
import { projectAddress } from './project-address.js';
import { NewProject, Project, ProjectPatch, TaskList } from './project.dto.js';
import { projectListRules, taskListListRules } from './project.rules.js';
import { ProjectsService } from './projects.service.js';

const TEAM = {
  name: 'teamId',
  required: false,
  description: 'The team, when several of yours have a project with this key.',
  schema: { type: 'string', format: 'uuid' },
} as const;

@ApiTags('projects')
@Controller('projects')
export class ProjectsController {
  constructor(private readonly projects: ProjectsService) {}

  @Get()
  @Needs('tasks:read')
  @Describe({ summary: 'List projects', list: projectListRules, returns: [Project] })
  async list(@CurrentSession() session: Session, @Req() request: ApiRequest): Promise<Answer> {
    return listAnswer(await this.projects.list(session, parseList(projectListRules, request.query)));
  }

  @Post()
  @Needs('tasks:write')
  @ApiBody({ type: NewProject })
  @Describe({
    summary: 'Create a project',
    description: 'Without teamId it belongs to your personal team.',
    returns: Project,
    status: 201,
    write: 'create',
    faults: ['NOT_FOUND', 'ALREADY_EXISTS'],
  })
  async create(@CurrentSession() session: Session, @Req() request: ApiRequest, @Body() body: unknown): Promise<Answer> {
    onlyParameters(request);
    const row = await this.projects.create(session, body);
    return createdAnswer(row, `/api/v1/projects/${row.projectKey}?teamId=${row.teamId}`);
  }

  @Get(':key')
  @Needs('tasks:read')
  @ApiQuery(TEAM)
  @Describe({
    summary: 'Get a project by its key or id',
    returns: Project,
    sparse: Project,
    conditional: true,
    faults: ['NOT_FOUND', 'AMBIGUOUS_PROJECT'],
  })
  async get(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('key') key: string,
  ): Promise<Answer> {
    const { fields, teamId } = onlyParameters(request, 'fields', 'teamId');
    return rowAnswer(await this.projects.get(session, projectAddress(key, teamId), sparse(Project, fields)));
  }

  @Patch(':key')
  @Needs('tasks:write')
  @ApiQuery(TEAM)
  @ApiBody({ type: ProjectPatch })
  @Describe({
    summary: 'Change a project (JSON merge patch)',
    returns: Project,
    write: 'update',
    faults: ['NOT_FOUND', 'AMBIGUOUS_PROJECT', 'VERSION_MISMATCH'],
  })
  async patch(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('key') key: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    const { teamId } = onlyParameters(request, 'teamId');
    return rowAnswer(await this.projects.patch(session, projectAddress(key, teamId), ifMatch(request), body));
  }

  @Delete(':key')
  @HttpCode(204)
  @Needs('tasks:write')
  @ApiQuery(TEAM)
  @Describe({
    summary: 'Delete a project that has no tasks left; its key stays taken',
    status: 204,
    write: 'update',
    faults: ['NOT_FOUND', 'AMBIGUOUS_PROJECT', 'VERSION_MISMATCH', 'IN_USE'],
  })
  async remove(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('key') key: string,
  ): Promise<void> {
    const { teamId } = onlyParameters(request, 'teamId');
    await this.projects.remove(session, projectAddress(key, teamId), ifMatch(request));
  }

  @Get(':key/lists')
  @Needs('tasks:read')
  @Describe({
    summary: 'List the task lists of a project',
    list: taskListListRules,
    returns: [TaskList],
    faults: ['NOT_FOUND', 'AMBIGUOUS_PROJECT'],
  })
  async lists(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('key') key: string,
  ): Promise<Answer> {
    const { teamId } = request.query as RawQuery;
    const list = parseList(taskListListRules, request.query);
    return listAnswer(await this.projects.lists(session, projectAddress(key, teamId), list));
  }
}
