import type { Session } from '../auth/session.js';
import type { Database } from '../database/database.js';
import { Fault } from '../faults/fault.js';
import type { ListRequest } from './list-request.js';
import type { ListSource, PageRow } from './list-statement.js';
import { EXACT_TOTAL_MAX, listPage } from './list-statement.js';

/** A page and the request it answers. */
export interface ListPage {
  readonly request: ListRequest;
  readonly page: PageRow;
  /** The total is the number up to which rows were counted. */
  readonly totalIsEstimate: boolean;
}

/**
 * One page of a list without full text, such as teams or members: a total beyond 10,000 stays at the number that was
 * counted.
 */
export async function runList(
  database: Database,
  session: Session,
  request: ListRequest,
  source: ListSource,
): Promise<ListPage> {
  const statement = listPage(source, request);
  // The multiplexed connections are for statements that are surely short: an index walk without a count.
  const short = !request.total && request.offset === 0 && request.filters.length <= 3;
  const [page] = await (short ? database.query(session, statement) : database.search(session, statement));
  if (!page) throw new Fault('INTERNAL');
  return { request, page, totalIsEstimate: page.total !== null && page.total > EXACT_TOTAL_MAX };
}
