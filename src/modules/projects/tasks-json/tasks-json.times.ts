import type { Findings, JsonLocation } from './findings.js';
import type { Json } from './json-value.js';
import { describe } from './json-value.js';

export const timeKeys = ['createdAt', 'updatedAt'] as const;
export type TimeKey = (typeof timeKeys)[number];

const isoTime = /^(?!0000)\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/i;

/**
 * The instant in UTC, in milliseconds. A time without a time zone is UTC, because the zone of the server is never
 * intended.
 */
export function instantOf(text: string): string | null {
  const match = isoTime.exec(text.trim());
  if (match === null) return null;
  const iso = text.trim().replace(' ', 'T');
  const date = new Date(iso.includes('T') && match[1] === undefined ? `${iso}Z` : iso);
  if (Number.isNaN(date.getTime())) return null;
  const instant = date.toISOString();
  // An offset can move the first or last day outside of the four-digit years, which PostgreSQL reads differently.
  return /^\d{4}-/.test(instant) && !instant.startsWith('0000') ? instant : null;
}

/** An invalid date does not affect the task, and stays in the file. */
export function readTime(raw: Json | undefined, at: JsonLocation, findings: Findings): string | null {
  if (raw === undefined || raw === null) return null;
  if (typeof raw !== 'string') {
    findings.problem(at, 'WRONG_TYPE', `must be an ISO 8601 time, not ${describe(raw)}`);
    return null;
  }
  const instant = instantOf(raw);
  if (instant === null) findings.note(at, 'DATE_INVALID', `${describe(raw)} is no ISO 8601 time; the file keeps it`);
  return instant;
}
