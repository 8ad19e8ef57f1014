import { Controller, Get, Req } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import { CurrentSession, SignedIn } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import { Answer } from '../../platform/http/answer.js';
import { onlyParameters } from '../../platform/http/conditional.js';
import { Describe } from '../../platform/http/describe.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { LIMIT_DEFAULT, LIMIT_MAX } from '../../platform/schema/list-request.js';
import { Change } from './change.dto.js';
import { CHANGES_PARAMETERS, WAIT_MAX, changesRequest } from './changes.rules.js';
import { ChangesService } from './changes.service.js';

const parameter = (name: string, description: string, schema: Record<string, unknown>): MethodDecorator =>
  ApiQuery({ name, required: false, description, schema });

@ApiTags('changes')
@Controller('changes')
export class ChangesController {
  constructor(private readonly changes: ChangesService) {}

  // Which events a credential reads depends on its permissions: the database shows those that each kind of event needs.
  @Get()
  @SignedIn()
  @parameter(
    'since',
    '`nextCursor` of the page before, `cursor` of an event, a time (ISO 8601), or `now`. Left out: from the oldest event that is kept.',
    { type: 'string', maxLength: 64 },
  )
  @parameter('limit', 'Events per page.', {
    type: 'integer',
    minimum: 1,
    maximum: LIMIT_MAX,
    default: LIMIT_DEFAULT,
  })
  @parameter('types', 'Comma list of types; `task.*` is all of a kind.', { type: 'string', example: 'task.*' })
  @parameter('projectKey', 'Only of projects with this key.', { type: 'string', maxLength: 64 })
  @parameter('taskId', 'Only about this task.', { type: 'string', format: 'uuid' })
  @parameter('wait', 'Seconds to wait for an event when there is none.', {
    type: 'integer',
    minimum: 0,
    maximum: WAIT_MAX,
    default: 0,
  })
  @Describe({
    summary: 'What happened, in order, since a cursor',
    description:
      'CloudEvents of your teams that your permissions let you see. `pagination.nextCursor` is the next `since`, also of an empty page. Following it misses nothing and shows nothing twice; events are kept for some days, and an older cursor is answered 410.',
    returns: [Change],
    paged: true,
    faults: ['CURSOR_EXPIRED'],
  })
  async list(@CurrentSession() session: Session, @Req() request: ApiRequest): Promise<Answer> {
    const asked = changesRequest(onlyParameters(request, ...CHANGES_PARAMETERS));
    const { events, nextCursor, hasMore } = await this.changes.read(session, asked);
    const data = `[${events.map((event) => event.json).join(',')}]`;
    return new Answer(data, { pagination: { limit: asked.limit, offset: 0, hasMore, nextCursor } });
  }
}
