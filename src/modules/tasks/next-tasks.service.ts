import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { NextTasksQuery } from './next-tasks.dto.js';
import type { TaskRow } from './task.queries.js';
import { nextTasks } from './next-tasks.queries.js';

type Scope = Omit<NextTasksQuery, 'limit'>;

/** Finds the tasks to work on next. */
@Injectable()
export class NextTasks {
  constructor(private readonly database: Database) {}

  /** The best ready tasks, best first. One SQL function decides for every surface. */
  find(session: Session, { teamId, projectKey, list }: Scope, limit: number): Promise<TaskRow[]> {
    return this.database.query(session, nextTasks(teamId ?? null, projectKey ?? null, list ?? null, limit));
  }
}
