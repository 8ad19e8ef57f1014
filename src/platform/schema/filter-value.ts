import type { FieldSpec } from './field.js';
import { textFault } from './storable.js';
import { TIMESTAMP_MESSAGE, canonicalTimestamp } from './timestamp.js';
import { isUuid } from './uuid.js';

/** The longest path of a file. */
const TEXT_MAX = 2_048;
const INTEGER = { min: -2_147_483_648, max: 2_147_483_647 };
/** The numbers of JSON, as far as PostgreSQL's numeric reaches: with more exponent digits it fails. */
const NUMBER = /^-?\d{1,40}(\.\d{1,400})?(e[+-]?\d{1,3})?$/i;

/** A value as PostgreSQL gets it, of the field or of another column, or why it is refused. */
type ReadValue =
  | { readonly value: string | null }
  | { readonly elsewhere: { readonly column: string; readonly value: string } }
  | { readonly problem: string };

/** Every word that a filter of the field accepts; undefined when it accepts any text. */
export function acceptedWords({ choices, words = {} }: FieldSpec): readonly string[] | undefined {
  return choices === undefined ? undefined : [...new Set([...choices, ...Object.keys(words)])];
}

/** What a filter of the field takes, for its description: `value`, or `value or word (low, high)`. */
export function describeValue(field: FieldSpec, plural = ''): string {
  const words = acceptedWords(field) ?? Object.keys(field.words ?? {});
  if (words.length === 0) return `value${plural}`;
  return `value${plural}${field.choices ? '' : ` or word${plural}`} (${words.join(', ')})`;
}

function textProblem(field: FieldSpec, value: string): string | null {
  const accepted = acceptedWords(field);
  if (accepted) return field.choices?.includes(value) ? null : `must be one of ${accepted.join(', ')}`;
  if (value.length > TEXT_MAX && Array.from(value).length > TEXT_MAX) return `must have at most ${TEXT_MAX} characters`;
  return textFault(value) === null ? null : 'holds a character that cannot be stored';
}

function problemOf(field: FieldSpec, value: string): string | null {
  switch (field.kind) {
    case 'uuid':
      return isUuid(value) ? null : 'must be a UUID';
    case 'integer':
      return /^-?\d{1,12}$/.test(value) && Number(value) >= INTEGER.min && Number(value) <= INTEGER.max
        ? null
        : `must be a whole number${field.words ? ` or one of ${Object.keys(field.words).join(', ')}` : ''}`;
    case 'number':
      return NUMBER.test(value) ? null : 'must be a number';
    case 'boolean':
      return value === 'true' || value === 'false' ? null : 'must be true or false';
    default:
      return textProblem(field, value);
  }
}

/** Reads the value of a filter: checks it, and translates words into the values that they stand for. */
export function readFilterValue(field: FieldSpec, text: string | null): ReadValue {
  if (text === null) return { value: null };
  const meaning = field.words && Object.hasOwn(field.words, text) ? field.words[text] : undefined;
  if (meaning !== undefined) return typeof meaning === 'string' ? { value: meaning } : { elsewhere: meaning };
  if (field.kind === 'timestamp') {
    const value = canonicalTimestamp(text);
    return value === null ? { problem: TIMESTAMP_MESSAGE } : { value };
  }
  const problem = problemOf(field, text);
  return problem === null ? { value: text } : { problem };
}

/** What PostgreSQL prints of a timestamp, with years that clients cannot send. */
const PRINTED_TIME = /^-?infinity$|^\d{4,6}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?\+00( BC)?$/;
const PRINTED_NUMBER = /^-?(\d{1,300}(\.\d{1,300})?|Infinity|NaN)$/;
const PRINTED_PATH = /^\{(\d{1,10}(,\d{1,10})*)?\}$/;

/**
 * Whether a cursor can hold this value of the sort key. A cursor holds whatever PostgreSQL printed, also what no filter
 * accepts: a walk must not stop at such a row.
 */
export function fitsCursor(field: FieldSpec, value: string): boolean {
  if (field.sortBy) return PRINTED_PATH.test(value);
  switch (field.kind) {
    case 'uuid':
      return isUuid(value);
    case 'timestamp':
      return PRINTED_TIME.test(value);
    case 'integer':
    case 'number':
      return PRINTED_NUMBER.test(value);
    case 'boolean':
      return value === 'true' || value === 'false';
    default:
      return textFault(value) === null;
  }
}
