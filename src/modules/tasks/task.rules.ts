import type { FieldProblem } from '../../platform/faults/fault.js';
import { invalid } from '../../platform/faults/fault.js';
import { fieldsOf, sqlTypes } from '../../platform/schema/field.js';
import { canonicalTimestamp } from '../../platform/schema/timestamp.js';
import { problemsWith } from '../../platform/schema/validate.js';
import { Task } from './task.dto.js';
import { NOT_CONTENT, TaskPatch, TaskReplacement } from './task-input.dto.js';
import { priorityOf, stateOf } from './task.values.js';

/** Columns to write, each with the SQL type of its value. */
export type Columns = ReadonlyMap<string, Column>;

interface Column {
  readonly value: unknown;
  readonly cast: string;
  /** The value is a merge patch for the stored value (RFC 7396). */
  readonly merge?: true;
}

type Input = Readonly<Record<string, unknown>>;

/** The values that a null in a patch, or an omission in a replacement, restores in columns that are not nullable. */
const resets: Readonly<Record<string, unknown>> = {
  type: 'general',
  status: 'pending',
  priority: 0,
  complexityScore: 5,
  affectedFiles: [],
  requirements: [],
  acceptanceCriteria: [],
  tags: [],
  recurrencePattern: 'none',
  recurrenceInterval: 1,
  metadata: {},
};

const content = fieldsOf(Task).filter(({ name }) => !(NOT_CONTENT as readonly string[]).includes(name));
const stored = new Map(fieldsOf(Task).map((field) => [field.name, field]));

/** Translates status, stage and priority into the values of this service. A status without a stage clears the stage. */
function inOwnWords(input: Input): Record<string, unknown> {
  const own: Record<string, unknown> = { ...input };
  if (typeof input.status === 'string') {
    const state = stateOf(input.status);
    own.status = state?.status;
    if (input.stage === undefined || state?.stage) own.stage = state?.stage ?? null;
  } else if (typeof input.stage === 'string') {
    own.status = input.stage === 'review' ? 'in_progress' : 'pending';
  }
  if (typeof input.priority === 'string') own.priority = priorityOf(input.priority);
  return own;
}

function problemsBetween(input: Input): FieldProblem[] {
  const state = typeof input.status === 'string' ? stateOf(input.status) : undefined;
  if (!state || typeof input.stage !== 'string') return [];
  const fits = input.stage === 'review' ? state.status === 'in_progress' : state.status === 'pending';
  if (fits && (state.stage === null || state.stage === input.stage)) return [];
  return [
    {
      path: 'stage',
      message: `${input.stage} does not go with status ${String(input.status)}`,
      code: 'STAGE_MISMATCH',
    },
  ];
}

function columnOf(name: string, value: unknown): [string, Column] {
  const field = stored.get(name);
  if (!field) throw new Error(`No column for ${name}.`);
  const cast = sqlTypes[field.kind];
  if (field.kind === 'json' || field.kind === 'texts') return [field.column, { value: JSON.stringify(value), cast }];
  return [field.column, { value: field.kind === 'timestamp' ? canonicalTimestamp(value) : value, cast }];
}

/**
 * Replaces null with the default if the column is not nullable (RFC 7396 removes the member, so its default applies).
 */
function settled(name: string, value: unknown): unknown {
  return value === null && Object.hasOwn(resets, name) ? resets[name] : value;
}

function withoutResets(input: Input): Input {
  return Object.fromEntries(
    Object.entries(input).filter(([name, value]) => value !== null || !Object.hasOwn(resets, name)),
  );
}

/** Every problem of a patch. */
export function problemsOfPatch(patch: unknown, prefix = ''): FieldProblem[] {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch))
    return problemsWith(TaskPatch, patch, prefix);
  const checked = withoutResets(patch as Input);
  return [...problemsWith(TaskPatch, checked, prefix), ...problemsBetween(checked)];
}

/**
 * The columns that a merge patch changes.
 * @throws Fault VALIDATION_FAILED
 */
export function patchColumns(patch: unknown): Columns {
  const problems = problemsOfPatch(patch);
  if (problems.length > 0) throw invalid(problems);
  const own = inOwnWords(Object.fromEntries(Object.entries(patch as Input).map(([k, v]) => [k, settled(k, v)])));
  const columns = new Map<string, Column>(Object.entries(own).map(([name, value]) => columnOf(name, value)));
  const metadata = columns.get('metadata');
  // Null resets all metadata; an object is merged member by member.
  if (metadata && (patch as Input).metadata !== null) columns.set('metadata', { ...metadata, merge: true });
  return columns;
}

/**
 * Separates the fence from the content of a body. A fence in the header must be the same.
 * @throws Fault VALIDATION_FAILED
 */
export function splitFence(body: unknown, header: number | null): { rest: unknown; fence: number | null } {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, 'fence')) return { rest: body, fence: header };
  const { fence, ...rest } = body as Input;
  if (!Number.isSafeInteger(fence) || (fence as number) < 1) {
    throw invalid([{ path: 'fence', message: 'must be the fence of a lease', code: 'IS_INT' }]);
  }
  if (header !== null && header !== fence) {
    throw invalid([{ path: 'fence', message: 'is not that of the header Lease-Fence', code: 'FENCE_MISMATCH' }]);
  }
  return { rest, fence: fence as number };
}

/** Every content column of a new or replaced task. An omitted field gets its default. */
export function contentColumns(input: Input): Columns {
  const own = inOwnWords(input);
  return new Map(
    content.map(({ name }) =>
      columnOf(name, settled(name, own[name] ?? (Object.hasOwn(resets, name) ? resets[name] : null))),
    ),
  );
}

/**
 * The columns of a replacement.
 * @throws Fault VALIDATION_FAILED
 */
export function replacementColumns(input: unknown): Columns {
  const problems = problemsOfNew(TaskReplacement, input);
  if (problems.length > 0) throw invalid(problems);
  return contentColumns(input as Input);
}

/** Every problem of a new task of this shape. */
export function problemsOfNew(shape: new () => object, input: unknown, prefix = ''): FieldProblem[] {
  const problems = problemsWith(shape, input, prefix);
  return problems.length > 0 ? problems : problemsBetween(input as Input);
}
