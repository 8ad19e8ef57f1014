import type { Findings, JsonLocation } from './findings.js';
import { inside } from './findings.js';
import type { Json, JsonObject } from './json-value.js';
import { describe, own } from './json-value.js';
import { limits } from './tasks-json.model.js';
import { childOf, idOf, isTopLevel, numberOf, parentOf, readRef, recoverSubtaskNumber } from './tasks-json.refs.js';

/** The siblings that were read so far. */
export interface Siblings {
  readonly parent: string | null;
  readonly taken: Set<number>;
  previous: number;
  highest: number;
}

export function noSiblings(parent: string | null): Siblings {
  return { parent, taken: new Set(), previous: 0, highest: 0 };
}

interface Reading {
  readonly raw: Json | undefined;
  readonly position: number;
  readonly siblings: Siblings;
  readonly at: JsonLocation;
  readonly findings: Findings;
}

function topLevelNumber(reading: Reading): number | undefined {
  const { raw, at, findings } = reading;
  const read = readRef(raw);
  if (raw === undefined || raw === null) {
    findings.problem(at, 'REQUIRED', 'a task needs an id');
  } else if (read === undefined || !isTopLevel(read.ref)) {
    findings.problem(at, 'INVALID_ID', `${describe(raw)} is no id of a task: a positive integer is`);
  } else {
    if (read.isDisplayId) findings.note(at, 'DISPLAY_ID', `taken as ${read.ref}`);
    return Number(read.ref);
  }
  return undefined;
}

/** Accepts 1, "1", "15.1", the float 15.1, or no id. The parent is always the task that contains the subtask. */
function subtaskNumber(reading: Reading): number | undefined {
  const { raw, at, findings, siblings, position } = reading;
  if (raw === undefined || raw === null) {
    const number = siblings.taken.has(position) ? siblings.highest + 1 : position;
    findings.note(at, 'SUBTASK_ID_ASSIGNED', `has no id; numbered ${number} by its place`);
    return number;
  }
  if (typeof raw === 'number' && !Number.isInteger(raw) && /^\d+\.\d+$/.test(String(raw))) {
    const number = recoverSubtaskNumber(raw, position, siblings.previous, siblings.taken);
    findings.note(at, 'SUBTASK_ID_RECOVERED', `${raw} is read as number ${number} of ${siblings.parent}`);
    return number;
  }
  const read = readRef(raw);
  if (read === undefined) {
    findings.problem(at, 'INVALID_ID', `${describe(raw)} is no id of a subtask`);
    return undefined;
  }
  if (read.isDisplayId) findings.note(at, 'DISPLAY_ID', `taken as ${read.ref}`);
  if (!isTopLevel(read.ref) && parentOf(read.ref) !== siblings.parent) {
    findings.note(at, 'ID_PREFIX_IGNORED', `lies in ${siblings.parent}, so ${read.ref} is read as its number`);
  }
  return numberOf(read.ref);
}

/** Returns undefined after a problem. The task then has no number in the list. */
export function readId(
  task: JsonObject,
  position: number,
  siblings: Siblings,
  context: { at: JsonLocation; findings: Findings },
): string | undefined {
  const { findings } = context;
  const at = inside(context.at, 'id');
  const raw = idOf(own(task, 'id'));
  const reading = { raw, position, siblings, at, findings };
  const number = siblings.parent === null ? topLevelNumber(reading) : subtaskNumber(reading);
  if (number === undefined) return undefined;
  const ref = childOf(siblings.parent, number);
  if (number > limits.number || ref.length > limits.ref) {
    findings.problem(
      at,
      'OUT_OF_RANGE',
      `must be at most ${limits.number}, and the reference at most ${limits.ref} long`,
    );
  } else if (siblings.taken.has(number)) {
    findings.problem(at, 'DUPLICATE_ID', `${ref} is used twice`);
  } else {
    siblings.taken.add(number);
    siblings.previous = number;
    siblings.highest = Math.max(siblings.highest, number);
    return ref;
  }
  return undefined;
}
