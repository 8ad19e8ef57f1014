import type { JSONPath } from 'jsonc-parser';
import { visit as visitText } from 'jsonc-parser';
import type { FindingList, JsonLocation } from './findings.js';
import { inside } from './findings.js';
import { describe, isObject } from './json-value.js';
import { limits } from './tasks-json.model.js';

/** With the flag `u`, a valid pair counts as one character, so this matches only lone surrogates. */
const loneSurrogate = /\p{Surrogate}/u;

function checkText(text: string, at: JsonLocation | null, findings: FindingList): void {
  if (text.includes('\0')) findings.problem(at, 'INVALID_TEXT', 'must not hold the character NUL');
  if (loneSurrogate.test(text)) findings.problem(at, 'INVALID_TEXT', 'must be Unicode: half a surrogate pair is not');
}

function checkNumber(value: number, at: JsonLocation | null, findings: FindingList): void {
  if (!Number.isFinite(value)) findings.problem(at, 'INVALID_NUMBER', 'is too large for a number');
  else if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    findings.note(at, 'NUMBER_ROUNDED', `has more digits than a number keeps; read as ${value}`);
  }
}

/**
 * Checks every value of the file once, so that later code may recurse, print and store: no text that PostgreSQL
 * rejects, no number outside of JSON, and no nesting deeper than the call stack.
 * @returns false if the structure cannot be traversed and reading must stop
 */
export function checkInput(root: unknown, findings: FindingList): boolean {
  const walk = { left: limits.values as number, isPossible: true };
  const refuse = (at: JsonLocation | null, code: 'TOO_DEEP' | 'TOO_LARGE' | 'NOT_JSON', message: string) => {
    walk.isPossible = false;
    findings.problem(at, code, message);
  };
  const visit = (value: unknown, at: JsonLocation | null, depth: number): void => {
    walk.left -= 1;
    if (walk.left < 0 || findings.isFull) return;
    if (typeof value === 'string') checkText(value, at, findings);
    else if (typeof value === 'number') checkNumber(value, at, findings);
    else if (value === null || typeof value === 'boolean') return;
    else if (depth > limits.nesting) refuse(at, 'TOO_DEEP', `lies deeper than ${limits.nesting} levels`);
    else if (Array.isArray(value)) value.forEach((item, index) => visit(item, inside(at, index), depth + 1));
    else if (isObject(value)) {
      for (const key of Object.keys(value)) {
        checkText(key, inside(at, key), findings);
        visit(value[key], inside(at, key), depth + 1);
      }
    } else refuse(at, 'NOT_JSON', `${describe(value)} is not JSON`);
  };
  visit(root, null, 0);
  if (walk.left < 0) refuse(null, 'TOO_LARGE', `has more than ${limits.values} values`);
  return walk.isPossible && !findings.isFull;
}

/**
 * Reports duplicate keys. A parser keeps only the last one, so a file with two `master` lists after a bad merge would
 * silently lose one. Only the text shows it. The text must be valid JSON of bounded depth.
 */
export function checkKeys(text: string, findings: FindingList): void {
  const objects: Set<string>[] = [];
  visitText(text, {
    onObjectBegin: () => void objects.push(new Set()),
    onObjectEnd: () => void objects.pop(),
    onObjectProperty: (key, ...[, , , , path]) => {
      const keys = objects.at(-1);
      if (keys?.has(key) === true) findings.problem(locationOf([...path(), key]), 'DUPLICATE_KEY', 'is there twice');
      keys?.add(key);
    },
  });
}

function locationOf(path: JSONPath): JsonLocation | null {
  return path.reduce<JsonLocation | null>((up, key) => inside(up, key), null);
}
