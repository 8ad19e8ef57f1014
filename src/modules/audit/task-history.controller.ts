import { Controller, Get, Param, Req } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import { CurrentSession, Needs } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import { Answer } from '../../platform/http/answer.js';
import { onlyParameters } from '../../platform/http/conditional.js';
import { Describe } from '../../platform/http/describe.js';
import { integerQuery, uuidParameter } from '../../platform/http/parameters.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { LIMIT_DEFAULT, LIMIT_MAX } from '../../platform/schema/list-request.js';
import { TaskEvent } from './audit.dto.js';
import { historyPlace } from './audit.rules.js';
import { AuditService } from './audit.service.js';

@ApiTags('tasks')
@Controller('tasks/:id/history')
export class TaskHistoryController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @Needs('tasks:read')
  @ApiQuery({
    name: 'limit',
    required: false,
    description: 'Events per page.',
    schema: { type: 'integer', minimum: 1, maximum: LIMIT_MAX, default: LIMIT_DEFAULT },
  })
  @ApiQuery({
    name: 'cursor',
    required: false,
    description: 'nextCursor of the page before.',
    schema: { type: 'string' },
  })
  @Describe({
    summary: 'What became of a task: every change, field by field, newest first',
    description: 'Also of a deleted task. As long as the audit trail is kept, and for everybody who may see the task.',
    returns: [TaskEvent],
    faults: ['NOT_FOUND'],
  })
  async list(@CurrentSession() session: Session, @Req() request: ApiRequest, @Param('id') id: string): Promise<Answer> {
    const query = onlyParameters(request, 'limit', 'cursor');
    const limit = integerQuery('limit', query.limit, LIMIT_DEFAULT, 1, LIMIT_MAX);
    const place = historyPlace(query.cursor);
    const { data, nextCursor } = await this.audit.taskHistory(session, uuidParameter('id', id), limit, place);
    return new Answer(data, { pagination: { limit, offset: 0, hasMore: nextCursor !== null, nextCursor } });
  }
}
