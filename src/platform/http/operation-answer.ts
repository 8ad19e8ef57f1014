import { messageOf } from '../operations/message.js';
import type { Answered, FeedPage, ListCall, Operation, Result } from '../operations/operation.js';
import { statusOf, versioningOf } from '../operations/operation.js';
import type { ListPage } from '../schema/list-run.js';
import { nextCursor } from '../schema/list-statement.js';
import { Answer } from './answer.js';

function listAnswer({ request, page, totalIsEstimate }: ListPage, message: string): Answer {
  return new Answer(`[${page.data}]`, {
    message,
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

function feedAnswer({ data, limit, hasMore, nextCursor }: FeedPage, message: string): Answer {
  return new Answer(data, { message, pagination: { limit, offset: 0, hasMore, nextCursor } });
}

function resultAnswer(operation: Operation, result: Result, { params, isExpanded }: ListCall, message: string): Answer {
  const { id, version, isNew = true } = result;
  const rest = typeof operation.rest === 'object' && 'route' in operation.rest && isNew ? operation.rest : undefined;
  const versioning = versioningOf(operation);
  return new Answer(result.data, {
    message,
    status: isNew ? statusOf(operation) : 200,
    ...(version === undefined || versioning === false ? {} : { version }),
    ...(versioning === 'partly' || isExpanded ? { alwaysSent: true } : {}),
    ...(rest?.location && id !== undefined ? { location: `/api/v1${rest.location({ ...result, id }, params)}` } : {}),
  });
}

/** Converts results of an operation to HTTP responses; null when the result is empty. */
export function restAnswers(operation: Operation): (result: Answered, call: ListCall) => Answer | null {
  const messages = messageOf(operation);
  return (result, call) => {
    if (!result) return null;
    const message = messages(call.session.dryRun, !('isNew' in result) || result.isNew !== false);
    if ('page' in result) return listAnswer(result, message);
    if ('nextCursor' in result) return feedAnswer(result, message);
    return resultAnswer(operation, result, call, message);
  };
}
