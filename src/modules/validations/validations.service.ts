import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { Fault } from '../../platform/faults/fault.js';
import { staleVersion } from '../../platform/http/conditional.js';
import type { ListRequest } from '../../platform/schema/list-request.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { runList } from '../../platform/schema/list-run.js';
import { TaskPlaces } from '../tasks/task-places.service.js';
import type { FoundFinding } from './finding.rules.js';
import { fingerprinted } from './finding.rules.js';
import type { ValidationColumns } from './validation.rules.js';
import { newValidation, validationPatch, validationReplacement } from './validation.rules.js';
import type { FindingCounts, ValidationRow, WrittenRow } from './validation.queries.js';
import {
  attemptsOf,
  changeValidation,
  deleteValidation,
  findingsOf,
  getValidation,
  recordValidation,
  retryValidation,
  settleFindings,
  validationSource,
  writeFindings,
} from './validation.queries.js';
import { ENDED } from './validation.values.js';

/** The answer to a write: the validation, or a receipt for callers who may not read it. */
interface ValidationAnswer {
  readonly id: string;
  readonly version: number;
  readonly data: string;
}

const NO_VALIDATION = 'There is no such validation.';
/** Maximum number of findings per statement, so that neither side holds a large message. */
const BATCH = 1_000;

/** The use cases of validations. */
@Injectable()
export class ValidationsService {
  constructor(
    private readonly database: Database,
    private readonly places: TaskPlaces,
  ) {}

  /** @throws Fault NOT_FOUND (a project of the filters) */
  async list(session: Session, request: ListRequest): Promise<ListPage> {
    const page = await runList(this.database, session, request, {
      ...validationSource,
      allTeams: session.isAdmin,
      teamIds: request.own.teamId === undefined ? undefined : [request.own.teamId],
    });
    await this.places.requireNamedIn(session, page);
    return page;
  }

  /** @throws Fault NOT_FOUND */
  async get(session: Session, id: string, fields?: readonly string[]): Promise<ValidationRow> {
    const [row] = await this.database.query(session, getValidation(id, fields));
    if (!row) throw new Fault('NOT_FOUND', NO_VALIDATION);
    return row;
  }

  /** @throws Fault VALIDATION_FAILED, NOT_FOUND */
  async findings(session: Session, id: string, request: ListRequest): Promise<ListPage> {
    const result = await this.get(session, id, ['id']);
    return runList(
      this.database,
      session,
      request,
      findingsOf(
        result,
        request.filters.some(({ field }) => field.name === 'attempt'),
      ),
    );
  }

  /** @throws Fault VALIDATION_FAILED, NOT_FOUND */
  async attempts(session: Session, id: string, request: ListRequest): Promise<ListPage> {
    const result = await this.get(session, id, ['id']);
    return runList(this.database, session, request, attemptsOf(result));
  }

  /**
   * Records a validation, once per task, type and external id. A repetition returns the existing one.
   * @throws Fault VALIDATION_FAILED, NOT_FOUND (the task)
   */
  create(session: Session, body: unknown): Promise<ValidationAnswer & { readonly isNew: boolean }> {
    const { row, findings } = newValidation(body);
    return this.database.write(session, async (tx) => {
      const { isNew, ...written } = await this.recordWithin(tx, row);
      if (isNew && findings) await this.reportWithin(tx, written.id, findings);
      return { ...(await answerOf(tx, written)), isNew };
    });
  }

  /** Same as `create`, within a transaction and without findings. @throws Fault NOT_FOUND (the task) */
  async recordWithin(tx: Tx, row: ValidationColumns): Promise<WrittenRow & { readonly isNew: boolean }> {
    const [written] = await tx.run(recordValidation(row));
    if (!written) throw new Fault('NOT_FOUND', 'There is no such task.');
    return written;
  }

  /** Replaces the findings of the current attempt, compares them with the previous result, and counts them. */
  async reportWithin(tx: Tx, id: string, findings: readonly FoundFinding[]): Promise<FindingCounts> {
    const stored = fingerprinted(findings);
    for (let first = 0; first === 0 || first < stored.length; first += BATCH) {
      await tx.run(writeFindings(id, stored.slice(first, first + BATCH), first));
    }
    const [settled] = await tx.run(settleFindings(id, true));
    if (!settled) throw new Fault('INTERNAL');
    return settled.counts;
  }

  /** A JSON merge patch. @throws Fault VALIDATION_FAILED, NOT_FOUND, VERSION_MISMATCH, ILLEGAL_TRANSITION */
  patch(session: Session, id: string, version: number | null, body: unknown): Promise<ValidationAnswer> {
    return this.change(session, id, version, validationPatch(body));
  }

  /** Replaces the content. @throws as `patch` */
  replace(session: Session, id: string, version: number | null, body: unknown): Promise<ValidationAnswer> {
    return this.change(session, id, version, validationReplacement(body));
  }

  /** Starts the next attempt of a finished validation. @throws Fault NOT_FOUND, VERSION_MISMATCH, ILLEGAL_TRANSITION */
  retry(session: Session, id: string, version: number | null): Promise<ValidationAnswer> {
    return this.database.write(session, async (tx) =>
      answerOf(tx, current((await tx.run(retryValidation(id, version)))[0])),
    );
  }

  /** @throws Fault NOT_FOUND, VERSION_MISMATCH */
  async remove(session: Session, id: string, version: number | null): Promise<void> {
    const [deleted] = await this.database.command(session, deleteValidation(id, version));
    if (deleted) return;
    const [row] = await this.database.command(session, getValidation(id, ['id']));
    throw row ? staleVersion('validation', row.version) : new Fault('NOT_FOUND', NO_VALIDATION);
  }

  private change(
    session: Session,
    id: string,
    version: number | null,
    { set, merge, findings }: ReturnType<typeof validationPatch>,
  ): Promise<ValidationAnswer> {
    return this.database.write(session, async (tx) => {
      const written = current((await tx.run(changeValidation(id, version, set, merge)))[0]);
      if (findings) await this.reportWithin(tx, id, findings);
      // The attempt has ended, so its list of findings is complete and is compared again.
      else if ('validation_status' in set && (ENDED as readonly string[]).includes(written.status)) {
        await tx.run(settleFindings(id, false));
      }
      return answerOf(tx, written);
    });
  }
}

/** @throws Fault NOT_FOUND, VERSION_MISMATCH */
function current(written: (WrittenRow & { readonly isStale: boolean }) | undefined): WrittenRow {
  if (!written) throw new Fault('NOT_FOUND', NO_VALIDATION);
  if (written.isStale) throw staleVersion('validation', written.version);
  return written;
}

/** PostgreSQL decides whether the writer may read the result. */
async function answerOf(tx: Tx, { id, version, status }: WrittenRow): Promise<ValidationAnswer> {
  const [row] = await tx.run(getValidation(id));
  return row
    ? { id, version: row.version, data: row.data }
    : { id, version, data: JSON.stringify({ id, version, validationStatus: status }) };
}
