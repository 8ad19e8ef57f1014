import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import { Fault, invalid } from '../../platform/faults/fault.js';
import type { ListRequest } from '../../platform/schema/list-request.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { runList } from '../../platform/schema/list-run.js';
import { auditSource, managedTeams, taskHistory, unknownTables } from './audit.queries.js';
import type { HistoryPosition } from './audit.rules.js';
import { encodeHistoryCursor, mayReadTrail, taskColumns } from './audit.rules.js';

/** A page of the history of a task, newest event first. */
export interface HistoryPage {
  readonly data: string;
  readonly nextCursor: string | null;
}

/** The audit trail and the history of tasks. */
@Injectable()
export class AuditService {
  constructor(private readonly database: Database) {}

  /**
   * The audit trail of the teams that the caller manages; for admins, of all teams.
   * @throws Fault VALIDATION_FAILED, FORBIDDEN
   */
  async list(session: Session, request: ListRequest): Promise<ListPage> {
    if (!mayReadTrail(session)) throw new Fault('FORBIDDEN', 'A credential that is narrowed does not read the trail.');
    const [managed] = session.isAdmin ? [] : await this.database.query(session, managedTeams());
    const source = auditSource(session.isAdmin ? null : (managed?.ids ?? []));
    const page = await runList(this.database, session, request, source);
    await this.requireTables(session, page);
    return page;
  }

  /** A row proves a single name, also of a table that is gone by now. */
  private async requireTables(session: Session, { request, page }: ListPage): Promise<void> {
    const names = request.filters.find(({ name }) => name === 'tableName')?.values.map(String) ?? [];
    if (names.length === 0 || (names.length === 1 && page.data !== '')) return;
    const unknown = await this.database.query(session, unknownTables(names));
    if (unknown.length === 0) return;
    const message = `unknown: ${unknown
      .map(({ name }) => name)
      .join(', ')
      .slice(0, 200)}`;
    throw invalid([{ path: 'tableName', message, code: 'INVALID_PARAMETER' }]);
  }

  /** The changes of a task, deleted or not. @throws Fault NOT_FOUND */
  async taskHistory(session: Session, taskId: string, limit: number, position: HistoryPosition): Promise<HistoryPage> {
    const [page] = await this.database.query(session, taskHistory(taskId, limit, position, taskColumns()));
    if (!page?.found) throw new Fault('NOT_FOUND', 'There is no such task.');
    return {
      data: `[${page.data}]`,
      nextCursor: page.more && page.last !== null ? encodeHistoryCursor(page.last) : null,
    };
  }
}
