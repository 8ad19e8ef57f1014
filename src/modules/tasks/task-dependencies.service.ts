import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import { Fault } from '../../platform/faults/fault.js';
import { explainRefusedWrite } from '../../platform/http/conditional.js';
import type { ListRules, ListRequest } from '../../platform/schema/list-request.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { runList } from '../../platform/schema/list-run.js';
import { isUuid } from '../../platform/schema/uuid.js';
import { validated } from '../../platform/schema/validate.js';
import { explainBlockers } from './task-blockers.rules.js';
import { NewDependency, TaskDependency } from './task-dependency.dto.js';
import type { DependencyRow } from './task-dependency.queries.js';
import {
  addDependency,
  blockersOf,
  dependenciesOf,
  findPrerequisite,
  getDependency,
  lockGraph,
  removeDependency,
} from './task-dependency.queries.js';
import { REF_PATTERN } from './task.dto.js';
import { TasksService } from './tasks.service.js';

export const dependencyListRules: ListRules = { shape: TaskDependency, defaultSort: 'createdAt', searchable: false };

const isIdOrRef = (text: string): boolean => isUuid(text) || REF_PATTERN.test(text);
const NO_TASK = 'There is no such task.';
const NO_DEPENDENCY = 'There is no such dependency.';

/** The dependencies of tasks. */
@Injectable()
export class TaskDependencies {
  constructor(
    private readonly database: Database,
    private readonly tasks: TasksService,
  ) {}

  /** @throws Fault VALIDATION_FAILED, NOT_FOUND */
  async list(session: Session, taskId: string, request: ListRequest): Promise<ListPage> {
    const teamId = await this.tasks.teamOf(session, taskId);
    return runList(this.database, session, request, dependenciesOf(teamId, taskId));
  }

  /**
   * Adds a dependency. Adding one that exists changes nothing and returns the same answer.
   * @throws Fault VALIDATION_FAILED, NOT_FOUND (either task), DEPENDENCY_CYCLE
   */
  async add(session: Session, taskId: string, body: unknown): Promise<DependencyRow> {
    const { dependsOn } = validated(NewDependency, body);
    const [row] = await this.database.write(session, async (tx) => {
      if ((await tx.run(lockGraph(taskId))).length === 0) throw new Fault('NOT_FOUND', NO_TASK);
      const [prerequisite] = await tx.run(findPrerequisite(taskId, String(dependsOn)));
      if (!prerequisite) throw new Fault('NOT_FOUND', 'There is no such task to depend on.');
      await tx.run(addDependency(taskId, prerequisite.id));
      return tx.run(getDependency(taskId, prerequisite.id));
    });
    if (!row) throw new Fault('NOT_FOUND', NO_TASK);
    return row;
  }

  /** @throws Fault NOT_FOUND */
  async get(session: Session, taskId: string, dependsOn: string): Promise<DependencyRow> {
    await this.tasks.teamOf(session, taskId);
    if (!isIdOrRef(dependsOn)) throw new Fault('NOT_FOUND', NO_DEPENDENCY);
    const [prerequisite] = await this.database.query(session, findPrerequisite(taskId, dependsOn));
    const [row] = prerequisite ? await this.database.query(session, getDependency(taskId, prerequisite.id)) : [];
    if (!row) throw new Fault('NOT_FOUND', NO_DEPENDENCY);
    return row;
  }

  /** @throws Fault NOT_FOUND, VERSION_MISMATCH */
  async remove(session: Session, taskId: string, dependsOn: string, version: number | null): Promise<void> {
    if (!isIdOrRef(dependsOn)) throw new Fault('NOT_FOUND', NO_DEPENDENCY);
    await this.database.write(session, async (tx) => {
      const [prerequisite] = await tx.run(findPrerequisite(taskId, dependsOn));
      if (!prerequisite) throw new Fault('NOT_FOUND', NO_DEPENDENCY);
      const [removed] = await tx.run(removeDependency(taskId, prerequisite.id, version));
      if (removed) return;
      const [row] = await tx.run(getDependency(taskId, prerequisite.id));
      if (!row) throw new Fault('NOT_FOUND', NO_DEPENDENCY);
      throw explainRefusedWrite('dependency', row.version, version);
    });
  }

  /** Explains as JSON why a task is not ready. @throws Fault NOT_FOUND */
  async blockers(session: Session, taskId: string): Promise<string> {
    const [task, ...prerequisites] = await this.database.search(session, blockersOf(taskId));
    if (!task) throw new Fault('NOT_FOUND', NO_TASK);
    return JSON.stringify(explainBlockers(task, prerequisites));
  }
}
