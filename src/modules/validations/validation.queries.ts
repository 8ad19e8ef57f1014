import type { Statement } from '../../platform/database/statement.js';
import { shapedStatement, statement } from '../../platform/database/statement.js';
import type { ListSource } from '../../platform/schema/list-statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import { Finding } from './finding.dto.js';
import type { StoredFinding } from './finding.rules.js';
import { Validation, ValidationAttempt } from './validation.dto.js';
import type { ValidationColumns } from './validation.rules.js';

/** A validation as JSON text, with the columns that the service needs. */
export interface ValidationRow {
  readonly id: string;
  readonly version: number;
  readonly teamId: string;
  readonly attempt: number;
  readonly data: string;
}

/** The result of the SQL functions that write validations. */
export interface WrittenRow {
  readonly id: string;
  readonly version: number;
  readonly status: string;
}

export function getValidation(id: string, fields?: readonly string[]): Statement<ValidationRow> {
  const text = `select
  t.id,
  t.version,
  t.team_id as "teamId",
  t.attempt,
  ${jsonOf(Validation, 't', fields)} as data
from public.validation_results t
where t.id = $1`;
  return fields ? shapedStatement('validations.get', text, [id]) : statement('validations.get', text, [id]);
}

export function recordValidation(row: ValidationColumns): Statement<WrittenRow & { readonly isNew: boolean }> {
  return statement(
    'validations.record',
    'select r.id, r.version, r.status, r.is_new as "isNew"\nfrom app.record_validation($1::jsonb) r',
    [JSON.stringify(row)],
  );
}

/** A run of a report before it is recorded. */
export interface RunKey {
  /** Identity of the run: the same for the same content. */
  readonly key: string;
  readonly status: string;
}

export interface PlannedRun {
  readonly externalId: string;
  readonly recordedAt: string;
  /** The result that it repeats; null if it is recorded. */
  readonly id: string | null;
}

/** Plans the import of a report; another import for the same task and type waits until this one has ended. */
export function beginImport(taskId: string, validationType: string, runs: readonly RunKey[]): Statement<PlannedRun> {
  return statement(
    'validations.begin_import',
    `select r.external_id as "externalId", r.recorded_at::text as "recordedAt", r.id
from app.begin_import($1, $2, $3::jsonb) r`,
    [taskId, validationType, JSON.stringify(runs)],
  );
}

export function changeValidation(
  id: string,
  version: number | null,
  set: ValidationColumns,
  merge: ValidationColumns,
): Statement<WrittenRow & { readonly isStale: boolean }> {
  return statement(
    'validations.change',
    'select r.id, r.version, r.status, r.is_stale as "isStale"\nfrom app.change_validation($1, $2, $3::jsonb, $4::jsonb) r',
    [id, version, JSON.stringify(set), JSON.stringify(merge)],
  );
}

export function retryValidation(
  id: string,
  version: number | null,
): Statement<WrittenRow & { readonly isStale: boolean }> {
  return statement(
    'validations.retry',
    'select r.id, r.version, r.status, r.is_stale as "isStale"\nfrom app.retry_validation($1, $2) r',
    [id, version],
  );
}

export function deleteValidation(id: string, version: number | null): Statement<{ id: string }> {
  return statement(
    'validations.delete',
    `delete from public.validation_results t
where t.id = $1
  and ($2::int is null or t.version = $2)
returning t.id`,
    [id, version],
  );
}

/** Writes a batch of findings. The first batch replaces those of the attempt. */
export function writeFindings(id: string, findings: readonly StoredFinding[], first: number): Statement {
  return statement('validations.write_findings', 'select app.write_findings($1, $2::jsonb, $3)', [
    id,
    JSON.stringify(findings),
    first,
  ]);
}

/** How many findings are new, existing and fixed. */
export interface FindingCounts {
  readonly new: number;
  readonly existing: number;
  readonly fixed: number;
}

/** With `isReported`, an empty list means that there are no findings; without it, that none were reported. */
export function settleFindings(id: string, isReported: boolean): Statement<{ counts: FindingCounts }> {
  return statement('validations.settle_findings', 'select app.settle_findings($1, $2) as counts', [id, isReported]);
}

export const validationSource: Omit<ListSource, 'allTeams' | 'teamIds'> = {
  name: 'validations.list',
  table: 'public.validation_results',
  shape: Validation,
  teamColumn: 'team_id',
  where: [],
};

/** The findings of one validation: those of the current attempt, unless another one is requested. */
export function findingsOf(result: ValidationRow, anyAttempt: boolean): ListSource {
  return {
    name: 'validations.findings',
    table: 'public.validation_findings',
    shape: Finding,
    teamColumn: 'team_id',
    where: [],
    allTeams: false,
    teamIds: [result.teamId],
    conditions: (parameter) => [
      `t.validation_result_id = ${parameter(result.id)}::uuid`,
      ...(anyAttempt ? [] : [`t.attempt = ${parameter(result.attempt)}::integer`]),
    ],
  };
}

/** The earlier attempts of one validation. */
export function attemptsOf(result: ValidationRow): ListSource {
  return {
    name: 'validations.attempts',
    table: 'public.validation_attempts',
    shape: ValidationAttempt,
    teamColumn: 'team_id',
    where: [],
    allTeams: false,
    teamIds: [result.teamId],
    conditions: (parameter) => [`t.validation_result_id = ${parameter(result.id)}::uuid`],
  };
}

/** The comparison of a validation's findings with the previous result; no row for callers who may not read it. */
export function countsOf(id: string): Statement<{ counts: FindingCounts }> {
  return statement(
    'validations.counts',
    `select jsonb_build_object(
  'new', t.finding_counts -> 'new',
  'existing', t.finding_counts -> 'existing',
  'fixed', t.finding_counts -> 'fixed'
) as counts
from public.validation_results t
where t.id = $1
  and t.finding_counts is not null`,
    [id],
  );
}
