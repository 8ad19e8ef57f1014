import type { FieldProblem } from '../../platform/faults/fault.js';
import { invalid } from '../../platform/faults/fault.js';
import { fieldsOf } from '../../platform/schema/field.js';
import type { ListRules } from '../../platform/schema/list-request.js';
import { mergePatch } from '../../platform/schema/merge-patch.js';
import { canonical, problemsWith } from '../../platform/schema/validate.js';
import type { FoundFinding } from './finding.rules.js';
import { problemsOfFindings } from './finding.rules.js';
import { Validation, ValidationAttempt } from './validation.dto.js';
import { NewValidation, READ_ONLY, ValidationPatch, ValidationReplacement } from './validation-input.dto.js';
import type { ValidationStatus } from './validation.values.js';
import { ENDED } from './validation.values.js';

export const validationListRules: ListRules = {
  shape: Validation,
  defaultSort: '-createdAt',
  searchable: false,
  ownUuids: ['teamId'],
};

export const attemptListRules: ListRules = { shape: ValidationAttempt, defaultSort: 'attempt', searchable: false };

/**
 * The allowed transitions. A retry leads from any final status back to `queued`. PostgreSQL enforces them
 * (app.touch_validation), because concurrent writes need it; a test compares both definitions pair by pair.
 */
export const TRANSITIONS: Readonly<Record<ValidationStatus, readonly ValidationStatus[]>> = {
  queued: ['running', ...ENDED],
  running: ENDED,
  passed: [],
  failed: [],
  warning: [],
  error: [],
  skipped: [],
  cancelled: [],
  timed_out: [],
};

/** A row or its change, keyed by column name. */
export type ValidationColumns = Readonly<Record<string, unknown>>;

interface RecordInput {
  readonly row: ValidationColumns;
  readonly findings: readonly FoundFinding[] | undefined;
}

interface ChangeInput {
  readonly set: ValidationColumns;
  /** JSON columns whose values are merged into the stored ones (RFC 7396). */
  readonly merge: ValidationColumns;
  readonly findings: readonly FoundFinding[] | undefined;
}

const columnNames = new Map(fieldsOf(Validation).map(({ name, column }) => [name, column]));
const JSON_DEFAULTS = { validationData: {}, validationEnvironment: {}, metadata: {} };
const MERGED = ['validationData', 'validationEnvironment', 'metadata', 'errorDetails'];
/** Columns that a replacement does not reset: the identity and the progress of the result. */
const NOT_CONTENT: readonly string[] = [
  ...READ_ONLY,
  ...['taskId', 'validationType', 'externalId', 'validationStatus', 'retryCount'],
  ...['startedAt', 'completedAt', 'executionTimeMs'],
];
const content = fieldsOf(Validation).flatMap(({ name }) => (NOT_CONTENT.includes(name) ? [] : [name]));

function columns(input: object): ValidationColumns {
  return Object.fromEntries(
    Object.entries(input).flatMap(([name, value]: [string, unknown]) => {
      const column = columnNames.get(name);
      return column === undefined || value === undefined ? [] : [[column, value]];
    }),
  );
}

const hasEnded = (status: unknown): boolean => (ENDED as readonly unknown[]).includes(status);

// The SQL functions enforce this rule (app.record_validation, app.change_validation), because a change must be compared
// with the stored row. A new result is also checked here, so that all its problems are reported together.
function problemsOfTimes(input: Partial<NewValidation>): FieldProblem[] {
  const { startedAt, completedAt, validationStatus = 'queued' } = input;
  if (!completedAt) return [];
  if (!hasEnded(validationStatus)) {
    return [{ path: 'completedAt', message: `does not go with status ${validationStatus}`, code: 'TIME_MISMATCH' }];
  }
  if (startedAt && Date.parse(startedAt) > Date.parse(completedAt)) {
    return [{ path: 'completedAt', message: 'must not be before startedAt', code: 'TIME_MISMATCH' }];
  }
  return [];
}

/** @throws Fault VALIDATION_FAILED that names every problem */
export function newValidation(body: unknown): RecordInput {
  const problems = problemsWith(NewValidation, body);
  const { findings, ...input } = (body ?? {}) as Partial<NewValidation>;
  const listed = Array.isArray(findings) ? findings : undefined;
  const all = problems.length > 0 ? problems : [...problemsOfTimes(input), ...problemsOfFindings(listed)];
  if (all.length > 0) throw invalid(all);
  return { row: columns({ validationStatus: 'queued', ...canonical(NewValidation, input) }), findings: listed };
}

/** @throws Fault VALIDATION_FAILED that names every problem */
function checkFindings<T extends { findings?: FoundFinding[] }>(input: T): T {
  const problems = problemsOfFindings(input.findings);
  if (problems.length > 0) throw invalid(problems);
  return input;
}

/** @throws Fault VALIDATION_FAILED that names every problem */
export function validationPatch(body: unknown): ChangeInput {
  const { findings, ...patch } = checkFindings(mergePatch(ValidationPatch, body, JSON_DEFAULTS));
  const given = body as Readonly<Record<string, unknown>>;
  // Null resets the whole value; an object is merged member by member.
  const isMerged = (name: string): boolean => MERGED.includes(name) && given[name] !== null;
  const parts = Object.entries(patch);
  return {
    set: columns(Object.fromEntries(parts.filter(([name]) => !isMerged(name)))),
    merge: columns(Object.fromEntries(parts.filter(([name]) => isMerged(name)))),
    findings,
  };
}

/** @throws Fault VALIDATION_FAILED that names every problem */
export function validationReplacement(body: unknown): ChangeInput {
  const { findings, ...input } = checkFindings(mergePatch(ValidationReplacement, body, JSON_DEFAULTS));
  const reset = Object.fromEntries(content.map((name) => [name, null]));
  return { set: columns({ ...reset, ...JSON_DEFAULTS, ...input }), merge: {}, findings };
}
