import type { Answered, FeedPage, ListCall, OperationSpec, Result } from '../operations/operation.js';
import { statusOf, versioningOf } from '../operations/operation.js';
import type { ListPage } from '../schema/list-run.js';
import { nextCursor } from '../schema/list-statement.js';
import { Answer } from './answer.js';

function listAnswer({ request, page, totalIsEstimate }: ListPage): Answer {
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

function feedAnswer({ data, limit, hasMore, nextCursor }: FeedPage): Answer {
  return new Answer(data, { pagination: { limit, offset: 0, hasMore, nextCursor } });
}

function resultAnswer(spec: OperationSpec, result: Result, { params, expand }: ListCall): Answer {
  const { id, version, isNew = true } = result;
  const rest = typeof spec.rest === 'object' && 'route' in spec.rest && isNew ? spec.rest : undefined;
  const versioning = versioningOf(spec);
  return new Answer(result.data, {
    status: isNew ? statusOf(spec) : 200,
    ...(version === undefined || versioning === false ? {} : { version }),
    // Related rows change without a new version of their owner.
    ...(versioning === 'partly' || expand.length > 0 ? { alwaysSent: true } : {}),
    ...(rest?.location && id !== undefined ? { location: `/api/v1${rest.location({ ...result, id }, params)}` } : {}),
  });
}

/** Converts the result of an operation to an HTTP response; null when the result is empty. */
export function restAnswer(spec: OperationSpec, result: Answered, call: ListCall): Answer | null {
  if (!result) return null;
  if ('page' in result) return listAnswer(result);
  return 'nextCursor' in result ? feedAnswer(result) : resultAnswer(spec, result, call);
}
