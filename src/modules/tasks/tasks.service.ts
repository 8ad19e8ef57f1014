import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { Fault, invalid } from '../../platform/faults/fault.js';
import { staleVersion } from '../../platform/http/conditional.js';
import { validated } from '../../platform/schema/validate.js';
import { NewTask } from './task-input.dto.js';
import { Completion } from './task-lease.dto.js';
import { selectsRelated } from './task-expand.queries.js';
import type { TaskAddress, TaskLocation, TaskRow } from './task.queries.js';
import { getTask, holdLease, insertTask, updateTask, versionOf } from './task.queries.js';
import { deleteTask, restoreTask } from './task-removal.queries.js';
import type { Columns } from './task.rules.js';
import { contentColumns, patchColumns, problemsOfNew, replacementColumns, splitFence } from './task.rules.js';
import { onlyProject } from './project-choice.dto.js';
import type { FoundProject } from './task-location.queries.js';
import { findProject, teamOfTask } from './task-location.queries.js';
import { isLastLease } from './task-lease.queries.js';

type NewTaskInput = Partial<NewTask> & { readonly title: string };

/** How a task is created where the caller knows more than the body says. */
interface Creation {
  /** The shape of the input. */
  readonly shape?: new () => object;
  /** Where it belongs; the input does not say. */
  readonly within?: Partial<NewTask>;
  /** What is returned of it. */
  readonly fields?: readonly string[] | undefined;
}

const NO_TASK = 'There is no such task.';

/** The use cases of single tasks. Each opens its own transaction or joins the caller's. */
@Injectable()
export class TasksService {
  constructor(private readonly database: Database) {}

  async get(session: Session, address: TaskAddress, fields?: readonly string[]): Promise<TaskRow> {
    const task = getTask(address, fields);
    // Counting thousands of related rows takes longer than a shared connection may be held.
    const isLong = fields !== undefined && selectsRelated(fields);
    const [row] = await (isLong ? this.database.search(session, task) : this.database.query(session, task));
    if (!row) throw new Fault('NOT_FOUND', NO_TASK);
    return row;
  }

  /** The team of a live task, for records that belong to the task. @throws Fault NOT_FOUND */
  async teamOf(session: Session, id: string): Promise<string> {
    const [row] = await this.database.query(session, teamOfTask(id));
    if (!row) throw new Fault('NOT_FOUND', NO_TASK);
    return row.teamId;
  }

  /**
   * @throws Fault VALIDATION_FAILED, NOT_FOUND (project, team or parent), AMBIGUOUS_PROJECT, RULE_VIOLATED (assignee)
   */
  async create(
    session: Session,
    input: unknown,
    { shape = NewTask, within = {}, fields }: Creation = {},
  ): Promise<TaskRow> {
    const problems = problemsOfNew(shape, input);
    if (problems.length > 0) throw invalid(problems);
    const task = { ...(input as NewTaskInput), ...within };
    const location = await this.locate(session, task);
    const [row] = await this.database.command(session, insertTask(location, this.contentOf(task), fields));
    if (!row) throw missing(location);
    return row;
  }

  /** Same as `create`, within a transaction and for valid input. */
  async createWithin(tx: Tx, input: NewTaskInput): Promise<TaskRow> {
    const location = await locateWithin(tx, input);
    const [row] = await tx.run(insertTask(location, this.contentOf(input)));
    if (!row) throw missing(location);
    return row;
  }

  /** A JSON merge patch. @throws Fault VALIDATION_FAILED, NOT_FOUND, VERSION_MISMATCH, RULE_VIOLATED */
  patch(
    session: Session,
    address: TaskAddress,
    version: number | null,
    patch: unknown,
    fence: number | null = null,
  ): Promise<TaskRow> {
    const { rest, fence: named } = splitFence(patch, fence);
    return this.change(session, address, version, patchColumns(rest), named);
  }

  /** Replaces the content. @throws as `patch` */
  replace(
    session: Session,
    address: TaskAddress,
    version: number | null,
    input: unknown,
    fence: number | null = null,
  ): Promise<TaskRow> {
    return this.change(session, address, version, replacementColumns(input), fence);
  }

  /** Same as `patch`, within a transaction. */
  async changeWithin(
    tx: Tx,
    address: TaskAddress,
    version: number | null,
    columns: Columns,
    fence: number | null = null,
  ): Promise<TaskRow> {
    if (fence !== null) await tx.run(holdLease(address, fence));
    const [row] = await tx.run(updateTask(address, version, columns));
    if (!row) throw explainMissedWrite((await tx.run(versionOf(address)))[0]);
    return row;
  }

  /** Completes a task. A completed task stays as it is. @throws as `patch`, LEASE_LOST */
  async complete(
    session: Session,
    address: TaskAddress,
    version: number | null,
    body?: unknown,
    header: number | null = null,
  ): Promise<TaskRow> {
    const { fence } = splitFence(validated(Completion, body ?? {}), header);
    const columns = patchColumns({ status: 'completed' });
    // What an Idempotency-Key has stored is the answer of the transaction below.
    if (fence === null && session.idempotency === null) {
      const [row] = await this.database.command(session, updateTask(address, version, columns, 'completed'));
      if (row) return row;
    }
    // There is a lease to check, or the task is completed already, missing, or of another version.
    return this.database.write(session, async (tx) => {
      const [before] = await tx.run(getTask(address));
      if (!before) throw new Fault('NOT_FOUND', NO_TASK);
      if (version !== null && version !== before.version) throw explainMissedWrite({ ...before, deleted: false });
      if ((JSON.parse(before.data) as { status: string }).status === 'completed') {
        // A client that lost the answer sends the request again. That is not a stale write.
        const [lease] = fence === null ? [] : await tx.run(isLastLease(before.id, fence));
        if (fence === null || lease?.holds) return before;
      }
      const expected = fence === null ? before.version : version;
      return this.changeWithin(tx, address, expected, columns, fence);
    });
  }

  /** Soft-deletes a task with its subtasks. @throws Fault NOT_FOUND, VERSION_MISMATCH */
  async remove(
    session: Session,
    address: TaskAddress,
    version: number | null,
    fence: number | null = null,
  ): Promise<void> {
    if (fence !== null) {
      await this.database.write(session, (tx) => this.removeWithin(tx, address, version, fence));
      return;
    }
    const [row] = await this.database.command(session, deleteTask(address, version));
    if (!row) throw await this.explainMissedWrite(session, address);
  }

  /** Same as `remove`, within a transaction. */
  async removeWithin(tx: Tx, address: TaskAddress, version: number | null, fence: number | null = null): Promise<void> {
    if (fence !== null) await tx.run(holdLease(address, fence));
    const [row] = await tx.run(deleteTask(address, version));
    if (!row) throw explainMissedWrite((await tx.run(versionOf(address)))[0]);
  }

  /**
   * Restores a deleted task and everything deleted with it.
   * @throws Fault NOT_FOUND, CONFLICT (its parent or project is deleted)
   */
  async restore(session: Session, id: string): Promise<TaskRow> {
    return this.database.write(session, async (tx) => {
      const [row] = await tx.run(restoreTask(id));
      if (row) return row;
      const [state] = await tx.run(versionOf({ id }));
      if (!state) throw new Fault('NOT_FOUND', NO_TASK);
      if (state.deleted) throw new Fault('CONFLICT', 'Its project or the task that it is part of is deleted.');
      const [present] = await tx.run(getTask({ id }));
      if (!present) throw new Fault('NOT_FOUND', NO_TASK);
      return present;
    });
  }

  /** The project that a key or id means for this session. @throws Fault NOT_FOUND, AMBIGUOUS_PROJECT */
  async resolveProject(session: Session, keyOrId: string, teamId: string | null): Promise<FoundProject> {
    return onlyProject(await this.database.query(session, findProject(keyOrId, teamId)));
  }

  contentOf(input: NewTaskInput): Columns {
    const {
      teamId: _team,
      projectKey: _project,
      list: _list,
      parentTaskId: _parent,
      parentRef: _ref,
      ...content
    } = input;
    return contentColumns(content);
  }

  private async locate(session: Session, input: NewTaskInput): Promise<TaskLocation> {
    const project = input.projectKey
      ? await this.resolveProject(session, input.projectKey, input.teamId ?? null)
      : null;
    return locationOf(input, project);
  }

  private async change(
    session: Session,
    address: TaskAddress,
    version: number | null,
    columns: Columns,
    fence: number | null,
  ): Promise<TaskRow> {
    if (fence !== null) {
      return this.database.write(session, (tx) => this.changeWithin(tx, address, version, columns, fence));
    }
    const [row] = await this.database.command(session, updateTask(address, version, columns));
    if (!row) throw await this.explainMissedWrite(session, address);
    return row;
  }

  private async explainMissedWrite(session: Session, address: TaskAddress): Promise<Fault> {
    const [state] = await this.database.command(session, versionOf(address));
    return explainMissedWrite(state);
  }
}

async function locateWithin(tx: Tx, input: NewTaskInput): Promise<TaskLocation> {
  const project = input.projectKey
    ? onlyProject(await tx.run(findProject(input.projectKey, input.teamId ?? null)))
    : null;
  return locationOf(input, project);
}

function locationOf(input: NewTaskInput, project: FoundProject | null): TaskLocation {
  const within = { teamId: project?.teamId ?? input.teamId ?? null, projectKey: project?.projectKey ?? null };
  if (input.parentTaskId) return { kind: 'parent', parent: { id: input.parentTaskId }, within };
  const list = input.list ?? 'master';
  if (project && input.parentRef) return { kind: 'parent', parent: { ...project, list, ref: input.parentRef }, within };
  if (project) return { kind: 'project', ...project, list };
  return { kind: 'team', teamId: input.teamId ?? null };
}

function missing(location: TaskLocation): Fault {
  if (location.kind === 'parent') return new Fault('NOT_FOUND', 'There is no such parent task.');
  return new Fault('NOT_FOUND', location.kind === 'project' ? 'There is no such project.' : 'There is no such team.');
}

/** Explains why a write changed no row: the task does not exist, or it has changed. */
function explainMissedWrite(state: { version: number; deleted: boolean } | undefined): Fault {
  if (!state || state.deleted) return new Fault('NOT_FOUND', NO_TASK);
  return staleVersion('task', state.version);
}
