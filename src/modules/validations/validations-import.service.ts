import { Injectable } from '@nestjs/common';
import { createHash, hash } from 'node:crypto';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { Fault } from '../../platform/faults/fault.js';
import { fieldsOf } from '../../platform/schema/field.js';
import { readJunit } from './reports/junit.read.js';
import { Problems } from './reports/problems.js';
import type { Report } from './reports/report.model.js';
import { readSarif } from './reports/sarif.read.js';
import { inSteps } from './reports/steps.js';
import { Validation } from './validation.dto.js';
import type { PlannedRun } from './validation.queries.js';
import { beginImport, countsOf } from './validation.queries.js';
import type { ValidationColumns } from './validation.rules.js';
import type { ImportedValidation, ValidationImport } from './validations-import.dto.js';
import { ValidationsService } from './validations.service.js';

export interface ImportTarget {
  readonly taskId: string;
  readonly format: 'sarif' | 'junit';
  readonly validationType: string;
  /** The name of the tool in place of that in the file; null keeps the file's. */
  readonly toolName: string | null;
}

const GUID_MAX = 100;
const columnNames = new Map(fieldsOf(Validation).map(({ name, column }) => [name, column]));

/** Imports the report of a tool as validations of a task. */
@Injectable()
export class ValidationsImport {
  constructor(
    private readonly database: Database,
    private readonly validations: ValidationsService,
  ) {}

  /**
   * Records one validation for each run in the file, all or none. Runs that repeat the latest results stay as they are:
   * only then does another result not come in between.
   * @throws Fault MALFORMED_BODY, VALIDATION_FAILED (every problem that refuses the file), NOT_FOUND (the task)
   */
  async import(session: Session, target: ImportTarget, text: string): Promise<ValidationImport> {
    const { taskId, validationType, toolName } = target;
    const problems = new Problems();
    const read = target.format === 'sarif' ? readSarif(text, problems) : readJunit(text, problems);
    const reports = distinct((await inSteps(read)).map((one) => ({ ...one, toolName: toolName ?? one.toolName })));
    // The same bytes under another name are the report of another tool.
    const digest = hash('sha256', toolName === null ? text : `${toolName}\0${text}`);
    const keys = reports.map((report, place) => ({
      key: keyOf(report, digest, place),
      status: report.validationStatus,
    }));
    return this.database.write(session, async (tx) => {
      const planned = await tx.run(beginImport(taskId, validationType, keys));
      if (planned.length === 0) throw new Fault('NOT_FOUND', 'There is no such task.');
      const imported: { isNew: boolean; validation: ImportedValidation }[] = [];
      for (const [place, report] of reports.entries()) {
        imported.push(await this.importRun(tx, target, report, planned[place]));
      }
      const of = (isNew: boolean): ImportedValidation[] =>
        imported.flatMap((one) => (one.isNew === isNew ? [one.validation] : []));
      const setAside = problems.list.length > 0 ? { setAside: [...problems.list] } : {};
      return { created: of(true), unchanged: of(false), ...setAside };
    });
  }

  private async importRun(
    tx: Tx,
    { taskId, validationType }: ImportTarget,
    report: Report,
    planned: PlannedRun | undefined,
  ): Promise<{ isNew: boolean; validation: ImportedValidation }> {
    if (!planned) throw new Fault('INTERNAL');
    const { toolName, validationStatus: status } = report;
    const { externalId, recordedAt } = planned;
    const row = { ...rowOf(report, { taskId, validationType, externalId }), recorded_at: recordedAt };
    const id = planned.id ?? (await this.validations.recordWithin(tx, row)).id;
    const isNew = planned.id === null;
    if (isNew) await this.validations.reportWithin(tx, id, report.findings);
    // PostgreSQL decides whether the caller may see the comparison with the previous result.
    const [counted] = await tx.run(countsOf(id));
    return { isNew, validation: { id, validationType, status, toolName, findings: counted?.counts ?? null } };
  }
}

/**
 * What makes a run the same one when it is imported again: its content, under the tool's own id if there is one. Many
 * tools write one id into every run, so the id alone says nothing.
 */
function keyOf(report: Report, digest: string, place: number): string {
  if (report.guid === null) return `sha256:${digest}/${place}`;
  const content = createHash('sha256');
  const { findings, ...rest } = report;
  content.update(JSON.stringify(rest));
  for (const finding of findings) content.update(JSON.stringify(finding));
  return `guid:${report.guid.slice(0, GUID_MAX)}/${place}:${content.digest('hex')}`;
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
  // The clock of the tool may be ahead, or without its time zone; a run that has ended did not start in the future.
  const isAhead = report.completedAt === null && Date.parse(report.startedAt ?? '') > Date.now();
  const known = isAhead ? { ...report, startedAt: null } : report;
  return Object.fromEntries(
    Object.entries({ ...known, ...more }).flatMap(([name, value]: [string, unknown]) => {
      const column = columnNames.get(name);
      return column === undefined || value === null ? [] : [[column, value]];
    }),
  );
}
