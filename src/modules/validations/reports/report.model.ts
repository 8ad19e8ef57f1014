import type { FoundFinding } from '../finding.rules.js';
import type { ValidationStatus } from '../validation.values.js';

/** One run of one tool, with the field names of a validation. */
export interface Report {
  readonly validationStatus: ValidationStatus;
  readonly validationScore: number | null;
  readonly validationData: Record<string, unknown>;
  readonly validationEnvironment: Record<string, unknown>;
  readonly toolName: string;
  /** The tool's own id of this run; null if it has no unique one. */
  readonly guid: string | null;
  readonly commitSha: string | null;
  readonly branch: string | null;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  readonly executionTimeMs: number | null;
  readonly errorMessage: string | null;
  readonly findings: readonly FoundFinding[];
}

export const MESSAGE_MAX = 10_000;
/** Maximum length of stored stack traces and output. Longer text is truncated and marked. */
export const TEXT_MAX = 65_536;
const RULE_MAX = 255;
const FILE_MAX = 2_048;

/** PostgreSQL does not store U+0000, and JSON does not allow half of a surrogate pair. */
export const storable = (text: string): string => text.replace(/\0|\p{Surrogate}/gu, '\u{FFFD}');

/** The same for whatever JSON holds, names of members among them. */
export function storableJson<T>(value: T): T {
  if (typeof value === 'string') return storable(value) as T;
  if (Array.isArray(value)) return value.map(storableJson) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [storable(name), storableJson<unknown>(one)]),
  ) as T;
}

export const cut = (text: string, max: number): string =>
  storable(text.length > max ? `${text.slice(0, max - 1)}…` : text);

export const ruleName = (text: string): string => cut(text, RULE_MAX);
export const fileName = (text: string): string => cut(text, FILE_MAX);
export const messageText = (text: string): string => cut(text, MESSAGE_MAX);

/** Milliseconds are clamped to this bound of the column. */
export const INTEGER_MAX = 2_147_483_647;
