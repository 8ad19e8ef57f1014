import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Req } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { CurrentSession, Needs } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import { Answer } from '../../platform/http/answer.js';
import { ifMatch, onlyParameters } from '../../platform/http/conditional.js';
import { createdAnswer, listAnswer, rowAnswer } from '../../platform/http/rows.js';
import { Describe } from '../../platform/http/describe.js';
import { Fenced, leaseFence } from '../../platform/http/lease-fence.js';
import { uuidParameter } from '../../platform/http/parameters.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { parseList } from '../../platform/schema/list-query.js';
import { sparse } from '../../platform/schema/sparse.js';
import { BulkRequest, BulkResult } from './task-bulk.dto.js';
import { TaskBulk } from './task-bulk.service.js';
import { Completion } from './task-lease.dto.js';
import { TaskLists, taskListRules } from './task-lists.service.js';
import { Task } from './task.dto.js';
import { FencedTaskPatch, NewTask, TaskReplacement } from './task-input.dto.js';
import { TasksService } from './tasks.service.js';

@ApiTags('tasks')
@Controller('tasks')
export class TasksController {
  constructor(
    private readonly tasks: TasksService,
    private readonly lists: TaskLists,
    private readonly bulk: TaskBulk,
  ) {}

  @Get()
  @Needs('tasks:read')
  @Describe({ summary: 'List tasks', list: taskListRules, returns: [Task] })
  async list(@CurrentSession() session: Session, @Req() request: ApiRequest): Promise<Answer> {
    return listAnswer(await this.lists.list(session, parseList(taskListRules, request.query)));
  }

  @Post()
  @Needs('tasks:write')
  @ApiBody({ type: NewTask })
  @Describe({
    summary: 'Create a task',
    returns: Task,
    status: 201,
    write: 'create',
    faults: ['NOT_FOUND', 'AMBIGUOUS_PROJECT', 'RULE_VIOLATED', 'VALIDATION_GATE_FAILED'],
  })
  async create(@CurrentSession() session: Session, @Req() request: ApiRequest, @Body() body: unknown): Promise<Answer> {
    onlyParameters(request);
    const row = await this.tasks.create(session, body);
    return createdAnswer(row, `/api/v1/tasks/${row.id}`);
  }

  @Post('bulk')
  @HttpCode(200)
  @Needs('tasks:write')
  @ApiBody({ type: BulkRequest })
  @Describe({
    summary: 'Create, update and delete up to 1,000 tasks in one transaction',
    returns: [BulkResult],
    write: 'create',
    faults: [
      'NOT_FOUND',
      'VERSION_MISMATCH',
      'LEASE_LOST',
      'RULE_VIOLATED',
      'AMBIGUOUS_PROJECT',
      'VALIDATION_GATE_FAILED',
    ],
  })
  async inBulk(@CurrentSession() session: Session, @Req() request: ApiRequest, @Body() body: unknown): Promise<Answer> {
    onlyParameters(request);
    return Answer.of(await this.bulk.run(session, body));
  }

  @Get(':id')
  @Needs('tasks:read')
  @Describe({ summary: 'Get a task', returns: Task, sparse: Task, conditional: true, faults: ['NOT_FOUND'] })
  async get(@CurrentSession() session: Session, @Req() request: ApiRequest, @Param('id') id: string): Promise<Answer> {
    const { fields } = onlyParameters(request, 'fields');
    return rowAnswer(await this.tasks.get(session, { id: uuidParameter('id', id) }, sparse(Task, fields)));
  }

  @Patch(':id')
  @Needs('tasks:write')
  @Fenced()
  @ApiBody({ type: FencedTaskPatch })
  @Describe({
    summary: 'Change a task (JSON merge patch)',
    returns: Task,
    write: 'update',
    faults: ['NOT_FOUND', 'VERSION_MISMATCH', 'LEASE_LOST', 'RULE_VIOLATED', 'VALIDATION_GATE_FAILED'],
  })
  async patch(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    onlyParameters(request);
    const address = { id: uuidParameter('id', id) };
    return rowAnswer(await this.tasks.patch(session, address, ifMatch(request), body, leaseFence(request)));
  }

  @Put(':id')
  @Needs('tasks:write')
  @Fenced()
  @ApiBody({ type: TaskReplacement })
  @Describe({
    summary: 'Replace the content of a task',
    returns: Task,
    write: 'update',
    faults: ['NOT_FOUND', 'VERSION_MISMATCH', 'LEASE_LOST', 'RULE_VIOLATED', 'VALIDATION_GATE_FAILED'],
  })
  async replace(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    onlyParameters(request);
    const address = { id: uuidParameter('id', id) };
    return rowAnswer(await this.tasks.replace(session, address, ifMatch(request), body, leaseFence(request)));
  }

  @Delete(':id')
  @HttpCode(204)
  @Needs('tasks:write')
  @Fenced()
  @Describe({
    summary: 'Delete a task and its subtasks; they can be restored',
    status: 204,
    write: 'update',
    faults: ['NOT_FOUND', 'VERSION_MISMATCH', 'LEASE_LOST'],
  })
  async remove(@CurrentSession() session: Session, @Req() request: ApiRequest, @Param('id') id: string): Promise<void> {
    onlyParameters(request);
    await this.tasks.remove(session, { id: uuidParameter('id', id) }, ifMatch(request), leaseFence(request));
  }

  @Post(':id/restore')
  @HttpCode(200)
  @Needs('tasks:write')
  @Describe({
    summary: 'Restore a deleted task with what was deleted with it',
    returns: Task,
    write: 'create',
    faults: ['NOT_FOUND', 'CONFLICT'],
  })
  async restore(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
  ): Promise<Answer> {
    onlyParameters(request);
    return rowAnswer(await this.tasks.restore(session, uuidParameter('id', id)));
  }

  @Post(':id/complete')
  @HttpCode(200)
  @Needs('tasks:write')
  @Fenced()
  @ApiBody({ type: Completion, required: false })
  @Describe({
    summary: 'Complete a task; a completed one stays as it is',
    returns: Task,
    write: 'update',
    faults: ['NOT_FOUND', 'VERSION_MISMATCH', 'LEASE_LOST', 'VALIDATION_GATE_FAILED'],
  })
  async complete(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    onlyParameters(request);
    const address = { id: uuidParameter('id', id) };
    return rowAnswer(await this.tasks.complete(session, address, ifMatch(request), body, leaseFence(request)));
  }
}
