import type { Call, FeedPage, ListCall } from '../../platform/operations/operation.js';
import { Operation, Operations } from '../../platform/operations/operation.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { AuditEntry, TaskEvent, TaskHistory, TaskHistoryQuery } from './audit.dto.js';
import { auditListRules, decodeHistoryCursor } from './audit.rules.js';
import { AuditService } from './audit.service.js';

@Operations('audit')
export class AuditOperations {
  constructor(private readonly audit: AuditService) {}

  // The required permission depends on the session: an admin needs audit:read, and a team manager needs an unrestricted
  // credential.
  @Operation({
    message: 'Audit trail retrieved',
    summary: 'List the audit trail of the teams that you manage',
    description:
      'One entry for each record that was inserted, changed or deleted. An admin sees the entries of every team and of what belongs to none, such as users and keys. A key with scopes is refused, unless it is an admin’s with `audit:read`.',
    kind: 'list',
    permission: 'signed-in',
    list: auditListRules,
    returns: [AuditEntry],
    rest: 'GET /audit',
    graphql: 'audit',
  })
  listAudit({ session, list }: ListCall): Promise<ListPage> {
    return this.audit.list(session, list);
  }
}

@Operations('tasks')
export class TaskHistoryOperations {
  constructor(private readonly audit: AuditService) {}

  @Operation({
    summary: 'What became of a task: every change, field by field, newest first',
    description:
      'With the dependencies and comments that were added, changed or removed. Also of a deleted task. As long as the audit trail is kept, and for everybody who may see the task.',
    kind: 'read',
    permission: 'tasks:read',
    params: TaskHistoryQuery,
    returns: [TaskEvent],
    feed: { shape: TaskHistory, rows: 'events' },
    faults: ['NOT_FOUND'],
    rest: 'GET /tasks/{id}/history',
    graphql: { field: 'taskHistory', arguments: { id: 'taskId', limit: 'first', cursor: 'after' } },
    tool: 'get_task_history',
  })
  async getTaskHistory({ session, params: { id, limit, cursor } }: Call<TaskHistoryQuery>): Promise<FeedPage> {
    const { data, nextCursor } = await this.audit.taskHistory(session, id, limit, decodeHistoryCursor(cursor));
    return { data, limit, hasMore: nextCursor !== null, nextCursor };
  }
}
