import { decimalOf } from './report.times.js';

export type Attributes = Readonly<Record<string, string>>;

/** How a test ended that did not simply pass, worst first. The last two end in success. */
export const OUTCOMES = ['error', 'failure', 'skipped', 'flaky', 'warning'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The name of an element or a status word, however it is written: `not_run`, `NotRun`, `not-run`. */
const plain = (word: string): string => word.toLowerCase().replace(/[\s_-]/g, '');

const ELEMENTS: Readonly<Record<string, Outcome>> = {
  error: 'error',
  failure: 'failure',
  failed: 'failure',
  skipped: 'skipped',
  skip: 'skipped',
  ignored: 'skipped',
  disabled: 'skipped',
  pending: 'skipped',
  warning: 'warning',
};

/** What an element below a test says; null if it says nothing about the outcome. */
export function outcomeOfElement(name: string): Outcome | null {
  const word = plain(name);
  // Surefire, cargo-nextest and Playwright: flakyFailure, flakyError, rerunFailure, rerunError.
  if (/^(flaky|rerun)/.test(word)) return 'flaky';
  return Object.hasOwn(ELEMENTS, word) ? (ELEMENTS[word] ?? null) : null;
}

const STATUS_ATTRIBUTES = ['status', 'result', 'outcome'] as const;
const STATUS: Readonly<Partial<Record<Outcome, readonly string[]>>> = {
  error: [
    ...['error', 'errored', 'aborted', 'abort', 'crashed', 'crash', 'timeout', 'timedout', 'killed', 'interrupted'],
    ...['incomplete', 'unfinished', 'cancelled', 'canceled', 'exception', 'fatal'],
  ],
  failure: ['failed', 'fail', 'failure', 'failing', 'broken', 'undefined', 'unexpected', 'notok', 'nok'],
  skipped: [
    ...['skipped', 'skip', 'ignored', 'disabled', 'pending', 'notrun', 'notexecuted', 'notstarted', 'suppressed'],
    ...['filtered', 'todo', 'untested', 'inconclusive', 'blocked'],
  ],
};
const UNFINISHED_FLAGS = ['incomplete', 'aborted', 'crashed', 'timedout'];

const isTrue = (value: string | undefined): boolean => /^(true|yes|1)$/i.test(value ?? '');
const isFalse = (value: string | undefined): boolean => /^(false|no|0)$/i.test(value ?? '');

/** What the attributes of a test or a suite say about its outcome, as CTest and GoogleTest write it. */
export function outcomeOfStatus(attributes: Attributes): Outcome | null {
  const words = STATUS_ATTRIBUTES.flatMap((name) => (attributes[name] === undefined ? [] : [plain(attributes[name])]));
  const said = OUTCOMES.find((outcome) => words.some((word) => STATUS[outcome]?.includes(word)));
  if (said === 'error' || UNFINISHED_FLAGS.some((name) => isTrue(attributes[name]))) return 'error';
  if (said === 'failure' || isFalse(attributes.success)) return 'failure';
  return said ?? (isFalse(attributes.executed) ? 'skipped' : null);
}

/**
 * CTest writes a test that it could not start as skipped, and fails because of it. A test that skips itself gives one of
 * these reasons.
 */
export function isNotStarted({ status }: Attributes, message: string | undefined): boolean {
  return plain(status ?? '') === 'notrun' && message !== undefined && !/^(\s*$|SKIP_|Disabled)/i.test(message);
}

/** What a file itself counts; null where it says nothing. */
export interface Claims {
  readonly tests: number | null;
  readonly failures: number | null;
  readonly errors: number | null;
  readonly skipped: number | null;
}

const CLAIMED: Readonly<Record<keyof Claims, readonly string[]>> = {
  tests: ['tests', 'total'],
  failures: ['failures', 'failed', 'failure'],
  errors: ['errors', 'error'],
  skipped: ['skipped', 'skip', 'skips', 'ignored', 'disabled', 'notrun', 'inconclusive'],
};

/** The counts in the attributes of a suite. `unread` hears of those that are no counts. */
export function claimsOf(attributes: Attributes, unread: (name: string) => void): Claims {
  const sum = (names: readonly string[]): number | null => {
    const counts = names.flatMap((name) => {
      const text = attributes[name]?.trim() ?? '';
      if (text === '') return [];
      const count = decimalOf(text.replace(/(?<=\d)[.,](?=\d{3}(?!\d))/g, ''));
      if (count !== null && count >= 0) return [Math.ceil(count)];
      unread(name);
      return [];
    });
    return counts.length === 0 ? null : counts.reduce((total, count) => total + count, 0);
  };
  const [tests, failures, errors, skipped] = [CLAIMED.tests, CLAIMED.failures, CLAIMED.errors, CLAIMED.skipped].map(
    sum,
  );
  return { tests: tests ?? null, failures: failures ?? null, errors: errors ?? null, skipped: skipped ?? null };
}
