import type { FieldProblem } from '../../platform/faults/fault.js';
import { invalid } from '../../platform/faults/fault.js';
import { fieldsOf } from '../../platform/schema/field.js';
import type { ListRules } from '../../platform/schema/list-request.js';
import { mergePatch } from '../../platform/schema/merge-patch.js';
import { problemsWith } from '../../platform/schema/validate.js';
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
 * Where each status leads; a retry leads from any end back to `queued`. PostgreSQL enforces it
 * (app.touch_validation), for two writers at once as well; a test compares the two, pair by pair.
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

/** A row or its change, under the names of the columns. */
export type ValidationColumns = Readonly<Record<string, unknown>>;

interface RecordInput {
  readonly row: ValidationColumns;
  readonly findings: readonly FoundFinding[] | undefined;
}

interface ChangeInput {
  readonly set: ValidationColumns;
  /** JSON columns whose value is merged into what is there (RFC 7396). */
  readonly merge: ValidationColumns;
  readonly findings: readonly FoundFinding[] | undefined;
}

const columnNames = new Map(fieldsOf(Validation).map(({ name, column }) => [name, column]));
const JSON_DEFAULTS = { validationData: {}, validationEnvironment: {}, metadata: {} };
const MERGED = ['validationData', 'validationEnvironment', 'metadata', 'errorDetails'];
/** What a replacement leaves as it is: the identity of the result, and how far it is. */
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

// The functions that write hold the rule (app.record_validation, app.change_validation): a change has to be compared with
// what is stored. A new result is looked at here as well, so that all of its problems are named at once.
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
  return { row: columns({ validationStatus: 'queued', ...input }), findings: listed };
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
  // Null resets the whole of it; an object is merged, member by member.
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
