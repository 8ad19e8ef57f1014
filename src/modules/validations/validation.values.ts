import { valuesOf } from '../../platform/schema/values.js';

/** What a validation checks. */
export const VALIDATION_TYPES = valuesOf({
  syntax: 'Whether the code compiles or parses.',
  security: 'Weaknesses of code, dependencies or configuration.',
  performance: 'Speed and use of resources.',
  style: 'Format and conventions of the code.',
  testing: 'Automated tests.',
  integration: 'Whether parts work together.',
  deployment: 'Whether a deployment works.',
  compliance: 'Rules from outside, such as licences or regulations.',
  documentation: 'Whether the documentation is complete and right.',
});
export type ValidationType = (typeof VALIDATION_TYPES)[number];

/** How far a validation is, or how it ended. */
export const VALIDATION_STATUSES = valuesOf({
  queued: 'Not started.',
  running: 'At work.',
  passed: 'Ended without an objection.',
  failed: 'Ended, and objects to the result.',
  warning: 'Ended with findings that do not fail it.',
  error: 'Did not get to its end, so it says nothing about the result.',
  skipped: 'Was left out.',
  cancelled: 'Was stopped.',
  timed_out: 'Took too long and was stopped.',
});
export type ValidationStatus = (typeof VALIDATION_STATUSES)[number];

/** The final statuses. Only a retry leaves them. */
export const ENDED: readonly ValidationStatus[] = [
  'passed',
  'failed',
  'warning',
  'error',
  'skipped',
  'cancelled',
  'timed_out',
];

/** The severities of SARIF, worst first. */
export const SEVERITIES = valuesOf({
  error: 'A serious problem.',
  warning: 'A problem.',
  note: 'A minor remark.',
  none: 'Severity does not apply.',
});
export type Severity = (typeof SEVERITIES)[number];

/** A finding compared with the previous result of the same tool. */
export const FINDING_STATES = valuesOf({
  new: 'Not in the result before.',
  existing: 'In the result before as well.',
  fixed: 'In the result before, and not any more.',
});

/** What a condition of a gate compares. */
export const GATE_METRICS = valuesOf({
  status: 'The status of the latest validation.',
  score: 'The score of the latest validation.',
  findings: 'The number of findings of a severity.',
});
