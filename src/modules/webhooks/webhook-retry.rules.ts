import type { OutboundResult } from '../../platform/outbound/outbound-client.js';

/** The outcome of an attempt. */
export interface Verdict {
  readonly delivered: boolean;
  /** Whether the receiver has answered 410 Gone. */
  readonly gone: boolean;
  readonly responseStatus: number | null;
  readonly error: string | null;
  /** Seconds until the next attempt, as requested by the receiver. */
  readonly retryAfter: number | null;
}

const JITTER = 0.2;
/** Upper bound for the pause that a receiver can request. */
const RETRY_AFTER_MAX = 24 * 60 * 60;
/** After this many failures in a row, only occasional attempts are made instead of one for every waiting delivery. */
export const FAILING_FROM = 5;
const PAUSE_MAX = 300;

/** Parses `Retry-After` (RFC 9110 10.2.3): seconds or a date. */
export function retryAfterSeconds(header: string | null, now: number): number | null {
  if (header === null) return null;
  const seconds = /^\d{1,9}$/.test(header.trim()) ? Number(header) : (Date.parse(header) - now) / 1_000;
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(Math.ceil(seconds), RETRY_AFTER_MAX) : null;
}

export function verdictOf(result: OutboundResult, now: number): Verdict {
  if ('failure' in result) {
    return { delivered: false, gone: false, responseStatus: null, error: result.failure, retryAfter: null };
  }
  const { status } = result;
  const delivered = status >= 200 && status < 300;
  return {
    delivered,
    gone: status === 410,
    responseStatus: status,
    error: delivered ? null : 'status',
    retryAfter: delivered ? null : retryAfterSeconds(result.retryAfter, now),
  };
}

/**
 * Seconds from a failed attempt to the next one; null after the last attempt. Jitter of a fifth keeps deliveries that
 * failed together from retrying together. The next attempt is never earlier than the receiver requested.
 */
export function delayAfter(
  attempts: number,
  schedule: readonly number[],
  retryAfter: number | null,
  random: number,
): number | null {
  const planned = schedule[attempts - 1];
  if (planned === undefined) return null;
  return Math.max(planned * (1 + JITTER * (2 * random - 1)), retryAfter ?? 0);
}

/** Seconds without any attempt for a failing webhook. The pause doubles up to five minutes. */
export function pauseAfter(failures: number, schedule: readonly number[]): number {
  if (failures < FAILING_FROM) return 0;
  return Math.min(PAUSE_MAX, (schedule[0] ?? 0) * 2 ** Math.min(failures - FAILING_FROM, 20));
}
