import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { Fault } from '../../platform/faults/fault.js';
import { explainRefusedWrite, requireVersion } from '../../platform/http/conditional.js';
import type { ListRequest } from '../../platform/schema/list-request.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { runList } from '../../platform/schema/list-run.js';
import { mergePatch } from '../../platform/schema/merge-patch.js';
import { validated } from '../../platform/schema/validate.js';
import type { PartRow } from './task-part.queries.js';
import { deletePart, getPart, insertPart, partsOf, updatePart } from './task-part.queries.js';
import type { TaskPart } from './task-part.rules.js';
import { TasksService } from './tasks.service.js';

type Values = Readonly<Record<string, unknown>>;

/** Identifies a part of a task. */
export interface PartAddress {
  readonly taskId: string;
  readonly id: string;
}

/** The use cases of contexts, comments and workflow states. */
@Injectable()
export class TaskParts {
  constructor(
    private readonly database: Database,
    private readonly tasks: TasksService,
  ) {}

  /** @throws Fault VALIDATION_FAILED, NOT_FOUND (the task) */
  async list(session: Session, part: TaskPart, taskId: string, request: ListRequest): Promise<ListPage> {
    const teamId = await this.tasks.teamOf(session, taskId);
    return runList(this.database, session, request, partsOf(part, teamId, taskId));
  }

  /** @throws Fault VALIDATION_FAILED, NOT_FOUND (the task) */
  async add(session: Session, part: TaskPart, taskId: string, body: unknown): Promise<PartRow> {
    const values = validated(part.create, body) as Values;
    const [row] = await this.database.command(session, insertPart(part, taskId, values));
    if (!row) throw new Fault('NOT_FOUND', 'There is no such task.');
    return row;
  }

  /** @throws Fault NOT_FOUND */
  async get(session: Session, part: TaskPart, { taskId, id }: PartAddress): Promise<PartRow> {
    const [row] = await this.database.query(session, getPart(part, taskId, id));
    if (!row) throw missing(part);
    return row;
  }

  /** A JSON merge patch. @throws Fault VALIDATION_FAILED, NOT_FOUND, VERSION_MISMATCH, FORBIDDEN */
  async change(
    session: Session,
    part: TaskPart,
    { taskId, id }: PartAddress,
    version: number | null,
    body: unknown,
  ): Promise<PartRow> {
    const values = mergePatch(part.patch, body, part.defaults) as Values;
    return this.database.write(session, async (tx) => {
      const before = await requirePart(tx, part, { taskId, id }, version);
      if (Object.keys(values).length === 0) return before;
      const [row] = await tx.run(updatePart(part, taskId, id, version, values));
      if (!row) throw await explainRefusal(tx, part, { taskId, id }, version);
      return row;
    });
  }

  /** @throws Fault NOT_FOUND, VERSION_MISMATCH, FORBIDDEN */
  async remove(session: Session, part: TaskPart, { taskId, id }: PartAddress, version: number | null): Promise<void> {
    await this.database.write(session, async (tx) => {
      await requirePart(tx, part, { taskId, id }, version);
      const [row] = await tx.run(deletePart(part, taskId, id, version));
      if (!row) throw await explainRefusal(tx, part, { taskId, id }, version);
    });
  }
}

function missing({ what }: TaskPart): Fault {
  return new Fault('NOT_FOUND', `There is no such ${what}.`);
}

async function readPart(tx: Tx, part: TaskPart, { taskId, id }: PartAddress): Promise<PartRow> {
  const [row] = await tx.run(getPart(part, taskId, id));
  if (!row) throw missing(part);
  return row;
}

/** The part, at the expected version. @throws Fault NOT_FOUND, VERSION_MISMATCH */
async function requirePart(tx: Tx, part: TaskPart, address: PartAddress, version: number | null): Promise<PartRow> {
  const row = await readPart(tx, part, address);
  requireVersion(part.what, row.version, version);
  return row;
}

async function explainRefusal(tx: Tx, part: TaskPart, address: PartAddress, version: number | null): Promise<Fault> {
  const { version: current } = await readPart(tx, part, address);
  return explainRefusedWrite(part.what, current, version, `Only its author may change the ${part.what}.`);
}
