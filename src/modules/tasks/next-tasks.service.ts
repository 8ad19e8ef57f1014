import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { TaskRow } from './task.queries.js';
import { nextTasks } from './next-tasks.queries.js';

/** Where to look for the next task; everything that is left out does not restrict. */
export interface NextScope {
  readonly teamId: string | null;
  readonly projectKey: string | null;
  readonly list: string | null;
}

/** What to do next. */
@Injectable()
export class NextTasks {
  constructor(private readonly database: Database) {}

  /** The best ready tasks, best first; one SQL function decides for every surface. */
  find(session: Session, scope: NextScope, limit: number): Promise<TaskRow[]> {
    return this.database.query(session, nextTasks(scope.teamId, scope.projectKey, scope.list, limit));
  }
}
