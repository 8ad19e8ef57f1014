import { Int, Resolver } from '@nestjs/graphql';
import type { Call, Connection } from '../../platform/graphql/call.js';
import { Lists, Reads, ids } from '../../platform/graphql/operations.js';
import { integerQuery } from '../../platform/http/parameters.js';
import { LIMIT_DEFAULT, LIMIT_MAX } from '../../platform/schema/list-request.js';
import { AuditEntry, TaskHistory } from './audit.dto.js';
import { auditListRules, historyPlace } from './audit.rules.js';
import { AuditService } from './audit.service.js';

const PAGE = {
  first: { type: Int, description: 'Events of the page.', default: LIMIT_DEFAULT },
  after: { type: String, description: 'Cursor of the page before.' },
};

@Resolver()
export class AuditResolver {
  constructor(private readonly service: AuditService) {}

  @Lists(null, 'The trail of the teams that you manage; for an admin all of it.', auditListRules)
  audit(call: Call): Promise<Connection> {
    return call.page(AuditEntry, this.service.list(call.session, call.list(auditListRules)));
  }

  @Reads('tasks:read', 'What became of a task: every change, field by field, newest first.', {
    returns: TaskHistory,
    args: { ...ids('taskId'), ...PAGE },
  })
  async taskHistory(call: Call): Promise<object> {
    const limit = integerQuery('first', String(call.args.first), LIMIT_DEFAULT, 1, LIMIT_MAX);
    const place = historyPlace(call.text('after') ?? undefined);
    const { data, nextCursor } = await this.service.taskHistory(call.session, call.uuid('taskId'), limit, place);
    return { events: JSON.parse(data) as unknown[], nextCursor };
  }
}
