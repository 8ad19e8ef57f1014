import { nextCursor } from '../schema/list-statement.js';
import type { ListPage } from '../schema/list-run.js';
import { Answer } from './answer.js';

/** A row as JSON text, with the values that headers need. */
export interface AnsweredRow {
  readonly id: string;
  /** Omitted when the resource has no version. */
  readonly version?: number;
  readonly data: string;
}

function versionOf({ version }: AnsweredRow): { version?: number } {
  return version === undefined ? {} : { version };
}

/** The response for a row. `status` overrides the route's status. */
export function rowAnswer(row: AnsweredRow, status?: number): Answer {
  return new Answer(row.data, { ...versionOf(row), ...(status === undefined ? {} : { status }) });
}

/** 201 with the path of the created resource. */
export function createdAnswer(row: AnsweredRow, location: string): Answer {
  return new Answer(row.data, { status: 201, ...versionOf(row), location });
}

export function listAnswer({ request, page, totalIsEstimate }: ListPage): Answer {
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
