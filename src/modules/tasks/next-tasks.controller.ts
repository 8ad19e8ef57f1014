import { Controller, Get, Req } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import { CurrentSession, Needs } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import { Answer } from '../../platform/http/answer.js';
import { onlyParameters } from '../../platform/http/conditional.js';
import { Describe } from '../../platform/http/describe.js';
import { integerQuery, patternQuery, uuidQuery } from '../../platform/http/parameters.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { NextTasks } from './next-tasks.service.js';
import { LIST_PATTERN, PROJECT_KEY_PATTERN, Task } from './task.dto.js';

const LIMIT_MAX = 100;

@ApiTags('tasks')
@Controller('tasks/next')
export class NextTasksController {
  constructor(private readonly next: NextTasks) {}

  @Get()
  @Needs('tasks:read')
  @ApiQuery({ name: 'projectKey', required: false, description: 'Only this project.', schema: { type: 'string' } })
  @ApiQuery({ name: 'list', required: false, description: 'Only this list.', schema: { type: 'string' } })
  @ApiQuery({
    name: 'teamId',
    required: false,
    description: 'Only this team.',
    schema: { type: 'string', format: 'uuid' },
  })
  @ApiQuery({
    name: 'limit',
    required: false,
    description: 'How many at most.',
    schema: { type: 'integer', minimum: 1, maximum: LIMIT_MAX, default: 1 },
  })
  @Describe({
    summary: 'The tasks to do next, best first',
    description:
      'Ready means pending or in progress, no stage, every dependency completed. First subtasks of tasks in progress, then tasks; by priority, fewer dependencies, number.',
    returns: [Task],
  })
  async find(@CurrentSession() session: Session, @Req() request: ApiRequest): Promise<Answer> {
    const query = onlyParameters(request, 'projectKey', 'list', 'teamId', 'limit');
    const scope = {
      teamId: uuidQuery('teamId', query.teamId),
      projectKey: patternQuery('projectKey', query.projectKey, PROJECT_KEY_PATTERN),
      list: patternQuery('list', query.list, LIST_PATTERN),
    };
    const rows = await this.next.find(session, scope, integerQuery('limit', query.limit, 1, 1, LIMIT_MAX));
    return new Answer(`[${rows.map((row) => row.data).join(',')}]`);
  }
}
