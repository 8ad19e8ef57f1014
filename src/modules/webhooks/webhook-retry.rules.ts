import type { OutboundResult } from '../../platform/outbound/outbound-client.js';

/** What an attempt came to. */
export interface Verdict {
  readonly delivered: boolean;
  /** The receiver says that it will never take anything again. */
  readonly gone: boolean;
  readonly responseStatus: number | null;
  readonly error: string | null;
  /** Seconds that the receiver asks for. */
  readonly retryAfter: number | null;
}

const JITTER = 0.2;
/** A receiver may ask for a pause, within reason. */
const RETRY_AFTER_MAX = 24 * 60 * 60;
/** So many failures in a row, and a webhook is tried now and then instead of with everything that waits for it. */
export const FAILING_FROM = 5;
const PAUSE_MAX = 300;

/** `Retry-After` (RFC 9110 10.2.3): seconds or a date. */
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
 * Seconds from a failed attempt to the next one; null when it was the last. A fifth more or less, so that what failed
 * together does not come back together, and never before the receiver asks for it.
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

/** Seconds in which a failing webhook is not tried at all: it doubles up to five minutes. */
export function pauseAfter(failures: number, schedule: readonly number[]): number {
  if (failures < FAILING_FROM) return 0;
  return Math.min(PAUSE_MAX, (schedule[0] ?? 0) * 2 ** Math.min(failures - FAILING_FROM, 20));
}
