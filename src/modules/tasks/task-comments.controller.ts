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
import { CommentContent, TaskComment } from './task-context.dto.js';
import { comments } from './task-part.rules.js';
import type { PartAddress } from './task-parts.service.js';
import { TaskParts } from './task-parts.service.js';

function addressOf(taskId: string, partId: string): PartAddress {
  return { taskId: uuidParameter('id', taskId), id: uuidParameter('commentId', partId) };
}

@ApiTags('tasks')
@Controller('tasks/:id/comments')
export class TaskCommentsController {
  constructor(private readonly parts: TaskParts) {}

  @Get()
  @Needs('tasks:read')
  @Describe({
    summary: 'List the comments of a task',
    list: comments.list,
    returns: [TaskComment],
    faults: ['NOT_FOUND'],
  })
  async list(@CurrentSession() session: Session, @Req() request: ApiRequest, @Param('id') id: string): Promise<Answer> {
    return listAnswer(
      await this.parts.list(session, comments, uuidParameter('id', id), parseList(comments.list, request.query)),
    );
  }

  @Post()
  @Needs('tasks:write')
  @ApiBody({ type: CommentContent })
  @Describe({
    summary: 'Add a comment to a task',
    returns: TaskComment,
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
    const row = await this.parts.add(session, comments, taskId, body);
    return createdAnswer(row, `/api/v1/tasks/${taskId}/comments/${row.id}`);
  }

  @Get(':commentId')
  @Needs('tasks:read')
  @Describe({ summary: 'Get a comment of a task', returns: TaskComment, conditional: true, faults: ['NOT_FOUND'] })
  async get(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Param('commentId') partId: string,
  ): Promise<Answer> {
    onlyParameters(request);
    return rowAnswer(await this.parts.get(session, comments, addressOf(id, partId)));
  }

  @Patch(':commentId')
  @Needs('tasks:write')
  @ApiBody({ type: CommentContent })
  @Describe({
    summary: 'Change a comment of a task (JSON merge patch)',
    returns: TaskComment,
    write: 'update',
    faults: ['NOT_FOUND', 'VERSION_MISMATCH'],
  })
  async change(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Param('commentId') partId: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    onlyParameters(request);
    return rowAnswer(await this.parts.change(session, comments, addressOf(id, partId), ifMatch(request), body));
  }

  @Delete(':commentId')
  @HttpCode(204)
  @Needs('tasks:write')
  @Describe({
    summary: 'Delete a comment of a task',
    status: 204,
    write: 'update',
    faults: ['NOT_FOUND', 'VERSION_MISMATCH'],
  })
  async remove(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Param('commentId') partId: string,
  ): Promise<void> {
    onlyParameters(request);
    await this.parts.remove(session, comments, addressOf(id, partId), ifMatch(request));
  }
}
