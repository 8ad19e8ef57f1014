import { someOf, valuesOf } from '../../platform/schema/values.js';

/** How bad an error is, least first. */
export const SEVERITIES = valuesOf({
  debug: 'Of interest only to whoever looks for a fault.',
  info: 'Expected; nothing is wrong.',
  warning: 'Something may be wrong.',
  error: 'Something failed.',
  critical: 'The service, or a main part of it, is down.',
});

/** The names of severities in other trackers. */
export const SEVERITY_WORDS: Readonly<Record<string, (typeof SEVERITIES)[number]>> = {
  low: 'info',
  medium: 'warning',
  high: 'error',
  fatal: 'critical',
};

/** What became of an error. */
export const RESOLUTION_STATUSES = valuesOf({
  unresolved: 'Nobody has dealt with it yet.',
  in_progress: 'Somebody works on it.',
  resolved: 'Mended. When it occurs again, it becomes `regressed`.',
  ignored: 'Not counted as open until its limits are reached.',
  wont_fix: 'Stays as it is.',
  regressed: 'Occurred again after it was resolved.',
});

/** The statuses that clients can set. An error becomes `regressed` only when it occurs again. */
export const SETTABLE_STATUSES = someOf(
  RESOLUTION_STATUSES,
  'unresolved',
  'in_progress',
  'resolved',
  'ignored',
  'wont_fix',
);

/** What a fingerprint was made of. */
export const FINGERPRINT_SOURCES = valuesOf({
  none: 'Nothing: the error was recorded without one.',
  explicit: 'The fingerprint that the reporter gave.',
  stack: 'The stack trace.',
  message: 'Code and message.',
});

/** Why the status of an error changed. */
export const RESOLUTION_CAUSES = valuesOf({
  user: 'A user changed it.',
  regression: 'The error occurred again after it was resolved.',
  ignore_expired: 'A limit of the ignoring was reached.',
  merge: 'The error was merged into another one.',
});
