import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiBody, ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentSession, Needs } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import { Answer } from '../../platform/http/answer.js';
import { onlyParameters } from '../../platform/http/conditional.js';
import { Describe } from '../../platform/http/describe.js';
import { textParameter, uuidParameter } from '../../platform/http/parameters.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { listAnswer } from '../../platform/http/rows.js';
import { parseList } from '../../platform/schema/list-query.js';
import { Blockers, NewDependency, TaskDependency } from './task-dependency.dto.js';
import { dependencyListRules, TaskDependencies } from './task-dependencies.service.js';

const ID_OR_REF = /^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|\d{1,9}(\.\d{1,9}){0,31})$/;

@ApiTags('tasks')
@Controller('tasks/:id')
export class TaskDependenciesController {
  constructor(private readonly dependencies: TaskDependencies) {}

  @Get('dependencies')
  @Needs('tasks:read')
  @Describe({
    summary: 'List what a task depends on',
    list: dependencyListRules,
    returns: [TaskDependency],
    faults: ['NOT_FOUND'],
  })
  async list(@CurrentSession() session: Session, @Req() request: ApiRequest, @Param('id') id: string): Promise<Answer> {
    return listAnswer(
      await this.dependencies.list(session, uuidParameter('id', id), parseList(dependencyListRules, request.query)),
    );
  }

  @Post('dependencies')
  @Needs('tasks:write')
  @ApiBody({ type: NewDependency })
  @Describe({
    summary: 'Make a task depend on another one of its team',
    description: 'Adding a dependency that is there already changes nothing.',
    returns: TaskDependency,
    status: 201,
    write: 'create',
    versioned: false,
    faults: ['NOT_FOUND', 'DEPENDENCY_CYCLE'],
  })
  async add(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    onlyParameters(request);
    const row = await this.dependencies.add(session, uuidParameter('id', id), body);
    return new Answer(row.data, { status: 201 });
  }

  @Delete('dependencies/:dependsOn')
  @HttpCode(204)
  @Needs('tasks:write')
  @ApiParam({
    name: 'dependsOn',
    description: 'The other task: its id, or its number within the same project and list.',
    schema: { type: 'string' },
  })
  @Describe({ summary: 'Take a dependency away', status: 204, write: 'change', faults: ['NOT_FOUND'] })
  async remove(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Param('dependsOn') dependsOn: string,
  ): Promise<void> {
    onlyParameters(request);
    const other = textParameter(dependsOn, ID_OR_REF, 'dependency');
    await this.dependencies.remove(session, uuidParameter('id', id), other);
  }

  @Get('blockers')
  @Needs('tasks:read')
  @Describe({
    summary: 'Why a task is not ready, and what to do first',
    description:
      'The reasons, and every open prerequisite that can be reached from the task: those that are ready are what to do first. A deleted task is explained as well.',
    returns: Blockers,
    faults: ['NOT_FOUND'],
  })
  async blockers(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
  ): Promise<Answer> {
    onlyParameters(request);
    return new Answer(await this.dependencies.blockers(session, uuidParameter('id', id)));
  }
}
