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
import { NewTaskContext, TaskContext, TaskContextPatch } from './task-context.dto.js';
import { contexts } from './task-part.rules.js';
import type { PartAddress } from './task-parts.service.js';
import { TaskParts } from './task-parts.service.js';

function addressOf(taskId: string, partId: string): PartAddress {
  return { taskId: uuidParameter('id', taskId), id: uuidParameter('contextId', partId) };
}

@ApiTags('tasks')
@Controller('tasks/:id/contexts')
export class TaskContextsController {
  constructor(private readonly parts: TaskParts) {}

  @Get()
  @Needs('tasks:read')
  @Describe({
    summary: 'List the contexts of a task',
    list: contexts.list,
    returns: [TaskContext],
    faults: ['NOT_FOUND'],
  })
  async list(@CurrentSession() session: Session, @Req() request: ApiRequest, @Param('id') id: string): Promise<Answer> {
    return listAnswer(
      await this.parts.list(session, contexts, uuidParameter('id', id), parseList(contexts.list, request.query)),
    );
  }

  @Post()
  @Needs('tasks:write')
  @ApiBody({ type: NewTaskContext })
  @Describe({
    summary: 'Add a context to a task',
    returns: TaskContext,
    status: 201,
    write: 'create',
    faults: ['NOT_FOUND'],
  })
  async add(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    onlyParameters(request);
    const taskId = uuidParameter('id', id);
    const row = await this.parts.add(session, contexts, taskId, body);
    return createdAnswer(row, `/api/v1/tasks/${taskId}/contexts/${row.id}`);
  }

  @Get(':contextId')
  @Needs('tasks:read')
  @Describe({ summary: 'Get a context of a task', returns: TaskContext, conditional: true, faults: ['NOT_FOUND'] })
  async get(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Param('contextId') partId: string,
  ): Promise<Answer> {
    onlyParameters(request);
    return rowAnswer(await this.parts.get(session, contexts, addressOf(id, partId)));
  }

  @Patch(':contextId')
  @Needs('tasks:write')
  @ApiBody({ type: TaskContextPatch })
  @Describe({
    summary: 'Change a context of a task (JSON merge patch)',
    returns: TaskContext,
    write: 'update',
    faults: ['NOT_FOUND', 'VERSION_MISMATCH'],
  })
  async change(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Param('contextId') partId: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    onlyParameters(request);
    return rowAnswer(await this.parts.change(session, contexts, addressOf(id, partId), ifMatch(request), body));
  }

  @Delete(':contextId')
  @HttpCode(204)
  @Needs('tasks:write')
  @Describe({
    summary: 'Delete a context of a task',
    status: 204,
    write: 'update',
    faults: ['NOT_FOUND', 'VERSION_MISMATCH'],
  })
  async remove(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Param('contextId') partId: string,
  ): Promise<void> {
    onlyParameters(request);
    await this.parts.remove(session, contexts, addressOf(id, partId), ifMatch(request));
  }
}
