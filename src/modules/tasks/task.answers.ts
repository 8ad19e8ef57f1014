import { Answer } from '../../platform/http/answer.js';
import { nextCursor } from '../../platform/schema/list-statement.js';
import type { BulkResult } from './task-bulk.dto.js';
import type { TaskPage } from './task-lists.service.js';
import type { TaskRow } from './task.queries.js';

export function taskAnswer(row: TaskRow): Answer {
  return new Answer(row.data, { version: row.version });
}

export function created(row: TaskRow): Answer {
  return new Answer(row.data, { status: 201, version: row.version, location: `/api/v1/tasks/${row.id}` });
}

export function pageAnswer({ request, page, totalIsEstimate }: TaskPage): Answer {
  return new Answer(`[${page.data}]`, {
    pagination: {
      ...(page.total === null ? {} : { total: page.total }),
      ...(totalIsEstimate ? { totalIsEstimate } : {}),
      limit: request.limit,
      offset: request.offset,
      hasMore: page.more,
      nextCursor: nextCursor(page, request),
    },
  });
}

export function bulkAnswer(results: readonly BulkResult[]): Answer {
  return Answer.of(results);
}
