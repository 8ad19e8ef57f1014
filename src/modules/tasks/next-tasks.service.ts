import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { NextTasksQuery } from './next-tasks.dto.js';
import { nextTasks } from './next-tasks.queries.js';
import { onlyProject } from './project-choice.dto.js';
import { findProjectByKey } from './task-location.queries.js';
import type { TaskRow } from './task.queries.js';

type Scope = Omit<NextTasksQuery, 'limit'>;

/** Finds the tasks to work on next. */
@Injectable()
export class NextTasks {
  constructor(private readonly database: Database) {}

  /**
   * The best ready tasks, best first. SQL functions decide for every surface where to look and what is best.
   * @throws Fault NOT_FOUND (the project), AMBIGUOUS_PROJECT
   */
  async find(session: Session, scope: Scope, limit: number): Promise<TaskRow[]> {
    const { teamId = null, projectKey = null, list = null } = scope;
    const rows = await this.database.query(session, nextTasks(teamId, projectKey, list, limit));
    // Only an empty answer needs the second statement: "nothing is ready" must not stand for "there is no such project".
    if (rows.length === 0 && projectKey !== null) {
      onlyProject(await this.database.query(session, findProjectByKey(projectKey, teamId)));
    }
    return rows;
  }
}
