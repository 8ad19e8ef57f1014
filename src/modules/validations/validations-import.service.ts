import { Injectable } from '@nestjs/common';
import { hash } from 'node:crypto';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { fieldsOf } from '../../platform/schema/field.js';
import { readJunit } from './reports/junit.read.js';
import type { Report } from './reports/report.model.js';
import { readSarif } from './reports/sarif.read.js';
import { inSteps } from './reports/steps.js';
import { Validation } from './validation.dto.js';
import { countsOf } from './validation.queries.js';
import type { ValidationColumns } from './validation.rules.js';
import type { ImportedValidation, ValidationImport } from './validations-import.dto.js';
import { ValidationsService } from './validations.service.js';

export interface ImportTarget {
  readonly taskId: string;
  readonly format: 'sarif' | 'junit';
  readonly validationType: string;
}

const GUID_MAX = 200;
const columnNames = new Map(fieldsOf(Validation).map(({ name, column }) => [name, column]));

/** Imports the report of a tool as validations of a task. */
@Injectable()
export class ValidationsImport {
  constructor(
    private readonly database: Database,
    private readonly validations: ValidationsService,
  ) {}

  /**
   * Records one validation for each run in the file, all or none. Runs imported before stay as they are.
   * @throws Fault MALFORMED_BODY, VALIDATION_FAILED (every problem of the file), NOT_FOUND (the task)
   */
  async import(session: Session, target: ImportTarget, text: string): Promise<ValidationImport> {
    const reports = await inSteps(target.format === 'sarif' ? readSarif(text) : readJunit(text));
    const digest = hash('sha256', text);
    return this.database.write(session, async (tx) => {
      const imported: { isNew: boolean; validation: ImportedValidation }[] = [];
      for (const [index, report] of distinct(reports).entries()) {
        imported.push(await this.importRun(tx, target, report, `${digest}/${index}`));
      }
      const of = (isNew: boolean): ImportedValidation[] =>
        imported.flatMap((one) => (one.isNew === isNew ? [one.validation] : []));
      return { created: of(true), unchanged: of(false) };
    });
  }

  private async importRun(
    tx: Tx,
    { taskId, validationType }: ImportTarget,
    report: Report,
    digest: string,
  ): Promise<{ isNew: boolean; validation: ImportedValidation }> {
    const { toolName } = report;
    const externalId = report.guid === null ? `sha256:${digest}` : `guid:${report.guid.slice(0, GUID_MAX)}`;
    const { id, status, isNew } = await this.validations.recordWithin(
      tx,
      rowOf(report, { taskId, validationType, externalId }),
    );
    if (isNew) await this.validations.reportWithin(tx, id, report.findings);
    // PostgreSQL decides whether the caller may see the comparison with the previous result.
    const [counted] = await tx.run(countsOf(id));
    return { isNew, validation: { id, validationType, status, toolName, findings: counted?.counts ?? null } };
  }
}

/**
 * Two runs of one tool in one file are two separate series. Without distinct names, the second run would be compared
 * with the first.
 */
function distinct(reports: readonly Report[]): Report[] {
  const seen = new Map<string, number>();
  return reports.map((report) => {
    const nth = (seen.get(report.toolName) ?? 0) + 1;
    seen.set(report.toolName, nth);
    return nth === 1 ? report : { ...report, toolName: `${report.toolName.slice(0, 240)} #${nth}` };
  });
}

/** Omits unknown values, so that the usual defaults apply. */
function rowOf({ findings: _findings, guid: _guid, ...report }: Report, more: object): ValidationColumns {
  return Object.fromEntries(
    Object.entries({ ...report, ...more }).flatMap(([name, value]: [string, unknown]) => {
      const column = columnNames.get(name);
      return column === undefined || value === null ? [] : [[column, value]];
    }),
  );
}
