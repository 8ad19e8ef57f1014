import type { JSONPath } from 'jsonc-parser';
import { visit as visitText } from 'jsonc-parser';
import type { FindingList, JsonLocation } from './findings.js';
import { inside } from './findings.js';
import { describe, isObject } from './json-value.js';
import { limits } from './tasks-json.model.js';

/** `u` reads pairs as one character: only a lone surrogate is left to match. */
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
 * Looks at every value of the file once, so that what reads it afterwards may recurse, print and store: no text that
 * PostgreSQL refuses, no number that JSON has not, nothing that lies deeper than a call stack reaches.
 * False: the structure itself cannot be walked, and reading must stop here.
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
 * A parser keeps the last of two equal keys: a file that a merge left with two `master` lists would lose one of them
 * without a word. Only the text knows; it must be valid JSON of a bounded depth.
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
