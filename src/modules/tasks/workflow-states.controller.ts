import { Body, Controller, Get, Param, Patch, Post, Req } from '@nestjs/common';
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
import { NewWorkflowState, WorkflowState, WorkflowStatePatch } from './task-context.dto.js';
import { workflowStates } from './task-part.rules.js';
import type { PartAddress } from './task-parts.service.js';
import { TaskParts } from './task-parts.service.js';

function addressOf(taskId: string, partId: string): PartAddress {
  return { taskId: uuidParameter('id', taskId), id: uuidParameter('stateId', partId) };
}

@ApiTags('tasks')
@Controller('tasks/:id/workflow-states')
export class WorkflowStatesController {
  constructor(private readonly parts: TaskParts) {}

  @Get()
  @Needs('tasks:read')
  @Describe({
    summary: 'List the workflow states of a task',
    list: workflowStates.list,
    returns: [WorkflowState],
    faults: ['NOT_FOUND'],
  })
  async list(@CurrentSession() session: Session, @Req() request: ApiRequest, @Param('id') id: string): Promise<Answer> {
    return listAnswer(
      await this.parts.list(
        session,
        workflowStates,
        uuidParameter('id', id),
        parseList(workflowStates.list, request.query),
      ),
    );
  }

  @Post()
  @Needs('tasks:write')
  @ApiBody({ type: NewWorkflowState })
  @Describe({
    summary: 'Add a workflow state to a task',
    returns: WorkflowState,
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
    const row = await this.parts.add(session, workflowStates, taskId, body);
    return createdAnswer(row, `/api/v1/tasks/${taskId}/workflow-states/${row.id}`);
  }

  @Get(':stateId')
  @Needs('tasks:read')
  @Describe({
    summary: 'Get a workflow state of a task',
    returns: WorkflowState,
    conditional: true,
    faults: ['NOT_FOUND'],
  })
  async get(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Param('stateId') partId: string,
  ): Promise<Answer> {
    onlyParameters(request);
    return rowAnswer(await this.parts.get(session, workflowStates, addressOf(id, partId)));
  }

  @Patch(':stateId')
  @Needs('tasks:write')
  @ApiBody({ type: WorkflowStatePatch })
  @Describe({
    summary: 'Change a workflow state of a task (JSON merge patch)',
    returns: WorkflowState,
    write: 'update',
    faults: ['NOT_FOUND', 'VERSION_MISMATCH'],
  })
  async change(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Param('stateId') partId: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    onlyParameters(request);
    return rowAnswer(await this.parts.change(session, workflowStates, addressOf(id, partId), ifMatch(request), body));
  }
}
