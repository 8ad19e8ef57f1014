import type { Session } from '../auth/session.js';
import type { Database } from '../database/database.js';
import type { ListRequest } from './list-request.js';
import type { ListSource, Page } from './list-statement.js';
import { EXACT_TOTAL_MAX, listPage, pageOf } from './list-statement.js';

/** A page and its request. */
export interface ListPage {
  readonly request: ListRequest;
  readonly page: Page;
  /** True when counting stopped at the limit. */
  readonly totalIsEstimate: boolean;
}

/**
 * Reads one page of a list without full-text search, such as teams or members. Counting stops beyond 10,000 rows, and
 * the total is then reported as an estimate.
 */
export async function runList(
  database: Database,
  session: Session,
  request: ListRequest,
  source: ListSource,
): Promise<ListPage> {
  const statement = listPage(source, request);
  // Multiplexed connections must only get short statements: an index scan without a count.
  const short = !request.total && request.offset === 0 && request.filters.length <= 3;
  const rows = await (short ? database.query(session, statement) : database.search(session, statement));
  const page = pageOf(rows, request);
  return { request, page, totalIsEstimate: page.total !== null && page.total > EXACT_TOTAL_MAX };
}
