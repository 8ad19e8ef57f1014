import type { FoundFinding } from '../finding.rules.js';
import type { ValidationStatus } from '../validation.values.js';
import { messageText } from './report.model.js';
import type { SarifRun } from './sarif.model.js';
import { at, isGiven, listOf, textOf } from './sarif.model.js';
import type { SarifRules } from './sarif.rules.js';

/** Exit codes from here on mean that the command could not be started, or that a signal ended it. */
const EXIT_NOT_RUN = 126;
const NOTIFICATIONS = ['toolExecutionNotifications', 'toolConfigurationNotifications'] as const;

interface Outcome {
  readonly validationStatus: ValidationStatus;
  readonly errorMessage: string | null;
}

/**
 * How a run ended. SARIF has many ways to say that a tool did not finish (appendix I), and each of them makes it an error:
 * what was not looked at did not pass.
 */
export function outcomeOf(run: SarifRun, findings: readonly FoundFinding[], rules: SarifRules): Outcome {
  const open = findings.filter(({ suppressed, absent }) => !suppressed && !absent);
  const invocations = [...listOf(run.members.invocations), at(run.members, 'conversion', 'invocation')];
  const why = invocations
    .map((invocation, place) => reasonOf(invocation, place, rules, open.length > 0))
    .find((reason) => reason !== null);
  const broken = why ?? run.gap;
  if (broken !== null) return { validationStatus: 'error', errorMessage: messageText(broken) };
  const worst = (['error', 'warning'] as const).find((level) => open.some(({ severity }) => severity === level));
  if (worst !== undefined) return { validationStatus: worst === 'error' ? 'failed' : worst, errorMessage: null };
  // Whether these are failures was left to people (3.27.9).
  const isUndecided = run.results.some(({ kind }) => kind === 'review' || kind === 'open');
  return { validationStatus: isUndecided ? 'warning' : 'passed', errorMessage: null };
}

/** Why an invocation did not run to its end; null if it did. */
function reasonOf(invocation: unknown, place: number, rules: SarifRules, hasFindings: boolean): string | null {
  const notes = NOTIFICATIONS.flatMap((name) => listOf(at(invocation, name)));
  const bad = notes.find((note) => rules.levelOfNotification(note, place) === 'error');
  const success = at(invocation, 'executionSuccessful');
  const isBroken =
    bad !== undefined ||
    (isGiven(success) && success !== true) ||
    isGiven(at(invocation, 'processStartFailureMessage')) ||
    isGiven(at(invocation, 'exitSignalName')) ||
    isGiven(at(invocation, 'exitSignalNumber')) ||
    isExitUnexplained(at(invocation, 'exitCode'), success === true, hasFindings);
  if (!isBroken) return null;
  const told = bad ?? notes[0];
  return (
    textOf(at(invocation, 'exitCodeDescription')) ??
    textOf(at(invocation, 'processStartFailureMessage')) ??
    textOf(at(told, 'message', 'text')) ??
    textOf(at(told, 'exception', 'message')) ??
    'The tool says that it failed.'
  );
}

/** Linters end with a code other than 0 because of what they found. Without findings, it tells of something else. */
function isExitUnexplained(exitCode: unknown, isSuccessful: boolean, hasFindings: boolean): boolean {
  const code = Number(isGiven(exitCode) ? exitCode : 0);
  if (code === 0) return false;
  return !hasFindings || (!isSuccessful && !(code > 0 && code < EXIT_NOT_RUN));
}
