import { Fault, invalid } from '../../platform/faults/fault.js';
import { mergePatch } from '../../platform/schema/merge-patch.js';
import { validated } from '../../platform/schema/validate.js';
import { scrubJson } from './error-scrub.rules.js';
import { ErrorIgnore, ErrorPatch, ErrorReopen, ErrorResolve } from './error-status.dto.js';

/** The input of the statement that changes an error. Undefined leaves a column unchanged. */
export interface ErrorChange {
  readonly status?: string;
  readonly notes?: string | null;
  readonly inVersion?: string | null;
  readonly inNextRelease?: boolean;
  readonly until?: string | null;
  readonly untilCount?: number | null;
  readonly untilUsers?: number | null;
  readonly title?: string | null;
  readonly severity?: string;
  readonly assigneeId?: string | null;
  readonly taskId?: string | null;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Whether the metadata replace the stored ones instead of being merged into them. */
  readonly resetsMetadata?: boolean;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const changed = (change: Writable<ErrorChange>, notes: string | null | undefined): ErrorChange =>
  notes === undefined ? change : { ...change, notes };

/** @throws Fault VALIDATION_FAILED */
export function resolveChange(body: unknown): ErrorChange {
  const { resolutionNotes, inVersion = null, inNextRelease = false } = validated(ErrorResolve, body);
  if (inNextRelease && inVersion !== null) {
    throw invalid([{ path: 'inVersion', message: 'must not be sent beside inNextRelease', code: 'AMBIGUOUS' }]);
  }
  return changed({ status: 'resolved', inVersion, inNextRelease }, resolutionNotes);
}

/** @throws Fault VALIDATION_FAILED */
export function reopenChange(body: unknown): ErrorChange {
  return changed({ status: 'unresolved' }, validated(ErrorReopen, body).resolutionNotes);
}

/** @throws Fault VALIDATION_FAILED */
export function ignoreChange(body: unknown): ErrorChange {
  const { resolutionNotes, until = null, untilCount = null, untilUsers = null } = validated(ErrorIgnore, body);
  return changed({ status: 'ignored', until, untilCount, untilUsers }, resolutionNotes);
}

/** @throws Fault VALIDATION_FAILED */
export function patchChange(body: unknown): ErrorChange {
  const patch = mergePatch(ErrorPatch, body, { metadata: {} });
  const { title, errorSeverity, resolutionNotes, assigneeId, taskId, metadata, resolutionStatus } = patch;
  const given: Readonly<Record<string, unknown>> = {
    ...{ title, assigneeId, taskId, notes: resolutionNotes, severity: errorSeverity, status: resolutionStatus },
    metadata: metadata === undefined ? undefined : scrubJson(metadata),
    resetsMetadata: (body as { metadata?: unknown }).metadata === null ? true : undefined,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** The outcomes of app.merge_errors. */
export type MergeOutcome = 'done' | 'missing' | 'no_target' | 'self' | 'merged' | 'target_merged' | 'stale';

export function mergeFault(outcome: Exclude<MergeOutcome, 'done' | 'stale'>): Fault {
  switch (outcome) {
    case 'missing':
      return new Fault('NOT_FOUND', 'There is no such error.');
    case 'no_target':
      return refusedTarget('There is no such error in the team.');
    case 'self':
      return refusedTarget('An error cannot be merged into itself.');
    case 'merged':
      return new Fault('CONFLICT', 'The error is merged into another one already.');
    case 'target_merged':
      return new Fault('CONFLICT', 'The other error is merged itself: name the one it was merged into.');
  }
}

function refusedTarget(message: string): Fault {
  return new Fault('RULE_VIOLATED', message, { errors: [{ path: 'into', message, code: 'RULE_VIOLATED' }] });
}
