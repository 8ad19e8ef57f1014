import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { FieldProblem } from '../../platform/faults/fault.js';
import { Fault, invalid } from '../../platform/faults/fault.js';
import type { ListRequest } from '../../platform/schema/list-request.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { runList } from '../../platform/schema/list-run.js';
import { canonical, problemsWith, validated } from '../../platform/schema/validate.js';
import { TaskPlaces } from '../tasks/task-places.service.js';
import { ErrorIntake, recordWithin } from './error-intake.service.js';
import { ErrorBatch, NewError } from './error-input.dto.js';
import type { ErrorBatchResult } from './error-input.dto.js';
import type { ErrorRow, Recorded } from './error.queries.js';
import { errorSource, getError, occurrencesOf, resolutionsOf } from './error.queries.js';
import { occurrenceOf, referenceFault } from './error.rules.js';

/** A recorded error as JSON text. */
export interface RecordedRow {
  readonly id: string;
  readonly isNew: boolean;
  /** Omitted for callers who may not read the error. */
  readonly version?: number;
  readonly data: string;
}

const NO_ERROR = 'There is no such error.';

function whole({ id, count, isNew, isRegression }: Recorded, row: ErrorRow | undefined): RecordedRow {
  const verdict = { isNew, isRegression };
  if (!row) return { id, isNew, data: JSON.stringify({ id, occurrenceCount: count, ...verdict }) };
  // PostgreSQL has written the object as text, so two members are appended to the text.
  return { id, isNew, version: row.version, data: `${row.data.slice(0, -1)},${JSON.stringify(verdict).slice(1)}` };
}

function refused(index: number, fault: Fault): ErrorBatchResult {
  return { index, status: fault.status, error: { code: fault.code, detail: fault.detail, errors: fault.errors } };
}

function resultOf({ item, problem, id, count, isNew, isRegression, choices }: Recorded): ErrorBatchResult {
  if (problem !== null) return refused(item, referenceFault(problem, choices));
  return { index: item, status: isNew ? 201 : 200, id, occurrenceCount: count, isNew, isRegression };
}

/** The use cases of errors: reporting and reading. */
@Injectable()
export class ErrorsService {
  constructor(
    private readonly database: Database,
    private readonly intake: ErrorIntake,
    private readonly places: TaskPlaces,
  ) {}

  /**
   * Counts an occurrence. A caller who may report but not read receives only a receipt.
   * @throws Fault VALIDATION_FAILED, NOT_FOUND (team or project), AMBIGUOUS_PROJECT, RULE_VIOLATED (a reference)
   */
  async record(session: Session, body: unknown): Promise<RecordedRow> {
    const { recorded, row } = await this.intake.take(session, occurrenceOf(0, validated(NewError, body)));
    if (recorded.problem !== null) throw referenceFault(recorded.problem, recorded.choices);
    return whole(recorded, row);
  }

  /** Counts up to 1,000 occurrences in one transaction. Each is counted or refused independently. */
  recordAll(session: Session, body: unknown): Promise<ErrorBatchResult[]> {
    const { errors } = validated(ErrorBatch, body);
    const problems: FieldProblem[][] = errors.map((error, index) => problemsWith(NewError, error, `errors[${index}]`));
    const fit = errors.flatMap((error, index) =>
      problems[index]?.length ? [] : [occurrenceOf(index, canonical(NewError, error))],
    );
    return this.database.write(session, async (tx) => {
      const recorded = await recordWithin(tx, fit);
      const results = new Map(recorded.map((one) => [one.item, resultOf(one)]));
      return errors.map((_, index) => results.get(index) ?? refused(index, invalid(problems[index] ?? [])));
    });
  }

  /** @throws Fault NOT_FOUND (a project of the filters) */
  async list(session: Session, request: ListRequest): Promise<ListPage> {
    const page = await runList(this.database, session, request, errorSource(request, session.isAdmin));
    await this.places.requireNamedIn(session, page);
    return page;
  }

  /** @throws Fault NOT_FOUND */
  async get(session: Session, id: string, fields?: readonly string[]): Promise<ErrorRow> {
    const [row] = await this.database.query(session, getError(id, fields));
    if (!row) throw new Fault('NOT_FOUND', NO_ERROR);
    return row;
  }

  /** The sampled occurrences of an error. @throws Fault VALIDATION_FAILED, NOT_FOUND */
  async occurrences(session: Session, id: string, request: ListRequest): Promise<ListPage> {
    const error = await this.get(session, id, ['id']);
    return runList(this.database, session, request, occurrencesOf(error));
  }

  /** The status changes of an error. @throws Fault VALIDATION_FAILED, NOT_FOUND */
  async history(session: Session, id: string, request: ListRequest): Promise<ListPage> {
    const error = await this.get(session, id, ['id']);
    return runList(this.database, session, request, resolutionsOf(error));
  }
}
