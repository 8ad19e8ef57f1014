export const VALIDATION_TYPES = [
  'syntax',
  'security',
  'performance',
  'style',
  'testing',
  'integration',
  'deployment',
  'compliance',
  'documentation',
] as const;
export type ValidationType = (typeof VALIDATION_TYPES)[number];

export const VALIDATION_STATUSES = [
  'queued',
  'running',
  'passed',
  'failed',
  'warning',
  'error',
  'skipped',
  'cancelled',
  'timed_out',
] as const;
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
export const SEVERITIES = ['error', 'warning', 'note', 'none'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const FINDING_STATES = ['new', 'existing', 'fixed'] as const;
