import type { Call, FeedPage } from '../../platform/operations/operation.js';
import { Operation, Operations } from '../../platform/operations/operation.js';
import { Change, ChangePage, ChangesQuery } from './change.dto.js';
import { changesRequest } from './changes.rules.js';
import { ChangesService } from './changes.service.js';

@Operations('changes')
export class ChangesOperations {
  constructor(private readonly changes: ChangesService) {}

  // The required permission depends on the event. The database returns only events that the credential may read.
  @Operation({
    summary: 'What happened, in order, since a cursor',
    description:
      'CloudEvents of your teams that your permissions let you see. `pagination.nextCursor` is the next `since`, also of an empty page. Following it misses nothing and shows nothing twice; events are kept for some days, and an older cursor is answered 410.',
    kind: 'read',
    permission: 'signed-in',
    params: ChangesQuery,
    returns: [Change],
    feed: { shape: ChangePage, rows: 'events' },
    faults: ['NOT_FOUND', 'CURSOR_EXPIRED'],
    rest: 'GET /changes',
    graphql: { field: 'changes', arguments: { limit: 'first' } },
    tool: 'get_changes',
  })
  async listChanges({ session, params }: Call<ChangesQuery>): Promise<FeedPage> {
    const { events, nextCursor, hasMore } = await this.changes.read(session, changesRequest(params));
    return { data: `[${events.map((event) => event.json).join(',')}]`, limit: params.limit, hasMore, nextCursor };
  }
}
