/** The findings of reading a file: problems refuse the file; normalisations only report a change. */
export interface Problem {
  readonly path: string;
  readonly message: string;
  readonly code: ProblemCode;
}

export interface Normalisation {
  readonly path: string;
  readonly message: string;
  readonly code: NormalisationCode;
}

export const problemCodes = [
  'INVALID_JSON',
  'NOT_JSON',
  'TOO_DEEP',
  'TOO_LARGE',
  'TOO_MANY_TASKS',
  'WRONG_TYPE',
  'REQUIRED',
  'INVALID_TEXT',
  'INVALID_NUMBER',
  'OUT_OF_RANGE',
  'TOO_LONG',
  'TOO_MANY',
  'INVALID_ID',
  'DUPLICATE_ID',
  'DUPLICATE_KEY',
  'INVALID_REFERENCE',
  'UNKNOWN_WORD',
  'INVALID_LIST_NAME',
  'AMBIGUOUS_SHAPE',
  'NOT_TASKS_JSON',
] as const;
export type ProblemCode = (typeof problemCodes)[number];

export const normalisationCodes = [
  'FLAT_SHAPE',
  'BYTE_ORDER_MARK',
  'ROOT_FIELD_STRIPPED',
  'ROOT_FIELD_KEPT',
  'TASKS_ADDED',
  'TEXT_CUT',
  'TITLE_MISSING',
  'STATUS_REWRITTEN',
  'COMPLEXITY_ROUNDED',
  'HOURS_ROUNDED',
  'CATEGORY_KEPT',
  'DATE_INVALID',
  'MARKER_STALE',
  'SUBTASK_ID_RECOVERED',
  'SUBTASK_ID_ASSIGNED',
  'ID_PREFIX_IGNORED',
  'DISPLAY_ID',
  'DEPENDENCY_NOT_SIBLING',
  'DEPENDENCY_MISSING',
  'DEPENDENCY_SELF',
  'DEPENDENCY_DUPLICATE',
  'DEPENDENCY_CYCLE',
  'MORE',
] as const;
export type NormalisationCode = (typeof normalisationCodes)[number];

/** A position in the file, as a linked list. Its path is rendered only when something is found there. */
export interface JsonLocation {
  readonly up: JsonLocation | null;
  readonly key: string | number;
}

export function inside(up: JsonLocation | null, key: string | number): JsonLocation {
  return { up, key };
}

const keyLength = 80;

function stepOf(key: string | number, isFirst: boolean): string {
  if (typeof key === 'number') return `[${key}]`;
  // Keys come from the file, so characters that a terminal or PostgreSQL cannot print are escaped.
  const name = JSON.stringify(key).slice(1, -1).slice(0, keyLength);
  return isFirst ? name : `.${name}`;
}

/** `master.tasks[3].subtasks[0].status` */
export function pathOf(place: JsonLocation | null): string {
  const steps: string[] = [];
  for (let at = place; at !== null; at = at.up) steps.push(stepOf(at.key, at.up === null));
  return steps.reverse().join('');
}

export interface Findings {
  problem(at: JsonLocation | null, code: ProblemCode, message: string): void;
  note(at: JsonLocation | null, code: NormalisationCode, message: string): void;
}

/** Discards findings when stored values are read again for writing, because the import has already reported them. */
export const ignoredFindings: Findings = { problem: () => undefined, note: () => undefined };

export const problemCap = 100;
export const normalisationCap = 5_000;

export class FindingList implements Findings {
  readonly problems: Problem[] = [];
  private readonly notes: Normalisation[] = [];
  private notesLeftOut = 0;

  problem(at: JsonLocation | null, code: ProblemCode, message: string): void {
    if (!this.isFull) this.problems.push({ path: pathOf(at), message, code });
  }

  note(at: JsonLocation | null, code: NormalisationCode, message: string): void {
    if (this.notes.length < normalisationCap) this.notes.push({ path: pathOf(at), message, code });
    else this.notesLeftOut += 1;
  }

  get isFull(): boolean {
    return this.problems.length >= problemCap;
  }

  get normalisations(): readonly Normalisation[] {
    if (this.notesLeftOut === 0) return this.notes;
    return [...this.notes, { path: '', message: `and ${this.notesLeftOut} more`, code: 'MORE' }];
  }
}
