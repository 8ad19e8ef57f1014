import { applyDecorators, Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Req } from '@nestjs/common';
import { ApiBody, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { CurrentSession, Needs } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import type { Answer } from '../../platform/http/answer.js';
import { ifMatch, onlyParameters } from '../../platform/http/conditional.js';
import { Describe } from '../../platform/http/describe.js';
import { Fenced, leaseFence } from '../../platform/http/lease-fence.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { createdAnswer, listAnswer, rowAnswer } from '../../platform/http/rows.js';
import type { RawQuery } from '../../platform/schema/list-query.js';
import { parseList } from '../../platform/schema/list-query.js';
import { sparse } from '../../platform/schema/sparse.js';
import { TaskLists, taskListRules } from '../tasks/task-lists.service.js';
import { Task } from '../tasks/task.dto.js';
import { FencedTaskPatch, NewTaskInPlace, TaskReplacement } from '../tasks/task-input.dto.js';
import { Completion } from '../tasks/task-lease.dto.js';
import { TasksService } from '../tasks/tasks.service.js';
import { projectAddress, numberAddress } from './project-address.js';

const IN_TEAM = ApiQuery({
  name: 'teamId',
  required: false,
  description: 'The team, when several of yours have a project with this key.',
  schema: { type: 'string', format: 'uuid' },
});
const BY_NUMBER = applyDecorators(
  ApiParam({ name: 'key', schema: { type: 'string' } }),
  ApiParam({ name: 'ref', description: 'Number of the task.', schema: { type: 'string' }, example: '15.2' }),
  IN_TEAM,
  ApiQuery({
    name: 'list',
    required: false,
    description: 'The list that the number counts in.',
    schema: { type: 'string', default: 'master' },
  }),
) as MethodDecorator;

interface Address {
  readonly teamId: string;
  readonly projectKey: string;
  readonly list: string;
  readonly ref: string;
}

/** Tasks by their place in a project: the same use cases as `/tasks`, addressed by number. */
@ApiTags('projects')
@Controller('projects/:key/tasks')
export class ProjectTasksController {
  constructor(
    private readonly tasks: TasksService,
    private readonly lists: TaskLists,
  ) {}

  @Get()
  @Needs('tasks:read')
  @Describe({
    summary: 'List the tasks of a project',
    list: taskListRules,
    returns: [Task],
    faults: ['NOT_FOUND', 'AMBIGUOUS_PROJECT'],
  })
  async list(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('key') key: string,
  ): Promise<Answer> {
    const { keyOrId, teamId } = projectAddress(key, (request.query as RawQuery).teamId);
    const list = parseList(taskListRules, request.query);
    const place = await this.tasks.projectPlace(session, keyOrId, teamId);
    return listAnswer(await this.lists.list(session, list, place));
  }

  @Post()
  @Needs('tasks:write')
  @IN_TEAM
  @ApiBody({ type: NewTaskInPlace })
  @Describe({
    summary: 'Create a task in a project; it gets the next number of its list',
    returns: Task,
    status: 201,
    write: 'create',
    faults: ['NOT_FOUND', 'AMBIGUOUS_PROJECT', 'RULE_VIOLATED', 'VALIDATION_GATE_FAILED'],
  })
  async create(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('key') key: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    const { keyOrId, teamId } = projectAddress(key, onlyParameters(request, 'teamId').teamId);
    const within = { projectKey: keyOrId, ...(teamId === null ? {} : { teamId }) };
    const row = await this.tasks.create(session, body, NewTaskInPlace, within);
    return createdAnswer(row, `/api/v1/tasks/${row.id}`);
  }

  @Get(':ref')
  @Needs('tasks:read')
  @BY_NUMBER
  @Describe({
    summary: 'Get a task by its number',
    returns: Task,
    sparse: Task,
    conditional: true,
    faults: ['NOT_FOUND', 'AMBIGUOUS_PROJECT'],
  })
  async get(@CurrentSession() session: Session, @Req() request: ApiRequest): Promise<Answer> {
    const fields = sparse(Task, onlyParameters(request, 'list', 'teamId', 'fields').fields);
    return rowAnswer(await this.tasks.get(session, await this.address(session, request), fields));
  }

  @Patch(':ref')
  @Needs('tasks:write')
  @BY_NUMBER
  @Fenced()
  @ApiBody({ type: FencedTaskPatch })
  @Describe({
    summary: 'Change a task by its number (JSON merge patch)',
    returns: Task,
    write: 'update',
    faults: [
      'NOT_FOUND',
      'AMBIGUOUS_PROJECT',
      'VERSION_MISMATCH',
      'LEASE_LOST',
      'RULE_VIOLATED',
      'VALIDATION_GATE_FAILED',
    ],
  })
  async patch(@CurrentSession() session: Session, @Req() request: ApiRequest, @Body() body: unknown): Promise<Answer> {
    const address = await this.address(session, request);
    return rowAnswer(await this.tasks.patch(session, address, ifMatch(request), body, leaseFence(request)));
  }

  @Put(':ref')
  @Needs('tasks:write')
  @BY_NUMBER
  @Fenced()
  @ApiBody({ type: TaskReplacement })
  @Describe({
    summary: 'Replace the content of a task by its number',
    returns: Task,
    write: 'update',
    faults: [
      'NOT_FOUND',
      'AMBIGUOUS_PROJECT',
      'VERSION_MISMATCH',
      'LEASE_LOST',
      'RULE_VIOLATED',
      'VALIDATION_GATE_FAILED',
    ],
  })
  async replace(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Body() body: unknown,
  ): Promise<Answer> {
    const address = await this.address(session, request);
    return rowAnswer(await this.tasks.replace(session, address, ifMatch(request), body, leaseFence(request)));
  }

  @Delete(':ref')
  @HttpCode(204)
  @Needs('tasks:write')
  @BY_NUMBER
  @Fenced()
  @Describe({
    summary: 'Delete a task and its subtasks by its number; they can be restored',
    status: 204,
    write: 'update',
    faults: ['NOT_FOUND', 'AMBIGUOUS_PROJECT', 'VERSION_MISMATCH', 'LEASE_LOST'],
  })
  async remove(@CurrentSession() session: Session, @Req() request: ApiRequest): Promise<void> {
    await this.tasks.remove(session, await this.address(session, request), ifMatch(request), leaseFence(request));
  }

  @Post(':ref/complete')
  @HttpCode(200)
  @Needs('tasks:write')
  @BY_NUMBER
  @Fenced()
  @ApiBody({ type: Completion, required: false })
  @Describe({
    summary: 'Complete a task by its number; a completed one stays as it is',
    returns: Task,
    write: 'update',
    faults: ['NOT_FOUND', 'AMBIGUOUS_PROJECT', 'VERSION_MISMATCH', 'LEASE_LOST', 'VALIDATION_GATE_FAILED'],
  })
  async complete(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Body() body: unknown,
  ): Promise<Answer> {
    const address = await this.address(session, request);
    return rowAnswer(await this.tasks.complete(session, address, ifMatch(request), body, leaseFence(request)));
  }

  private async address(session: Session, request: ApiRequest): Promise<Address> {
    const query = onlyParameters(request, 'list', 'teamId', ...(request.method === 'GET' ? ['fields'] : []));
    const { key, ref } = request.params as { key: string; ref: string };
    const { keyOrId, teamId } = projectAddress(key, query.teamId);
    const number = numberAddress(ref, query.list);
    return { ...(await this.tasks.projectPlace(session, keyOrId, teamId)), ...number };
  }
}
