import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { NextTasksQuery } from './next-tasks.dto.js';
import { nextTasks } from './next-tasks.queries.js';
import type { FilterRequest } from '../../platform/schema/list-request.js';
import { TaskPlaces } from './task-places.service.js';
import type { TaskRow } from './task.queries.js';

type Scope = Omit<NextTasksQuery, 'limit'>;

/** Finds the tasks to work on next. */
@Injectable()
export class NextTasks {
  constructor(
    private readonly database: Database,
    private readonly places: TaskPlaces,
  ) {}

  /**
   * The best ready tasks, best first. SQL functions decide for every surface where to look and what is best.
   * @throws Fault NOT_FOUND (the team, project or list), AMBIGUOUS_PROJECT
   */
  async find(session: Session, scope: Scope, filter: FilterRequest, limit: number): Promise<TaskRow[]> {
    const { teamId = null, projectKey = null, list = null } = scope;
    const place = { teamId, projectKey, list };
    const statement = nextTasks(place, filter, limit);
    // The multiplexed connections serve only short statements, and a filter may have to pass over many tasks.
    const isShort = filter.filters.length === 0 && filter.search === undefined;
    const rows = await (isShort ? this.database.query(session, statement) : this.database.search(session, statement));
    if (rows.length === 0) {
      await this.places.requireWorkPlace(session, place, (one) => this.database.query(session, one));
    }
    return rows;
  }
}
