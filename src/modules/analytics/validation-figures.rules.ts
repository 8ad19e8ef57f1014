import { VALIDATION_STATUSES } from '../validations/validation.dto.js';
import type { ValidationFigures, ValidationStatuses } from './validation-analytics.dto.js';

type Statuses = Pick<ValidationStatuses, keyof ValidationStatuses>;
type Figures = Pick<ValidationFigures, keyof ValidationFigures>;

export interface ValidationRow extends Statuses {
  /** From 1; null for the whole window. */
  readonly bucket: number | null;
  readonly key: string | null;
  /** Whether the row belongs to one key, and not to all keys (or all others) combined. */
  readonly keyed: boolean;
  readonly total: number;
  readonly measured: number;
  readonly mean: number | null;
  readonly percentiles: readonly number[] | null;
}

export interface FlakyRow {
  /** Null for all types together. */
  readonly type: string | null;
  readonly judged: number;
  readonly flaky: number;
}

/** The figures of a row; zeros and nulls without a row. */
export function validationFiguresOf(row: ValidationRow | undefined): Figures {
  const statuses = Object.fromEntries(
    VALIDATION_STATUSES.map((name) => [name, row?.[name] ?? 0]),
  ) as unknown as Statuses;
  const [p50 = null, p75 = null, p90 = null, p95 = null] = row?.percentiles ?? [];
  const decided = statuses.passed + statuses.failed;
  return {
    total: row?.total ?? 0,
    statuses,
    passRate: decided === 0 ? null : statuses.passed / decided,
    durations: { count: row?.measured ?? 0, mean: row?.mean ?? null, p50, p75, p90, p95 },
  };
}
