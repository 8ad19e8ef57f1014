import { createHash } from 'node:crypto';
import { Fault } from '../../platform/faults/fault.js';
import type { ListRules } from '../../platform/schema/list-request.js';
import type { ProjectChoice } from '../tasks/project-choice.dto.js';
import { ambiguousProject } from '../tasks/project-choice.dto.js';
import { cutMessage, cutStack, firstOf } from './error-cut.rules.js';
import { fingerprintOf, FINGERPRINT_VERSION } from './error-fingerprint.rules.js';
import type { NewError } from './error-input.dto.js';
import { ErrorOccurrence, ErrorResolution } from './error-history.dto.js';
import { ErrorLog } from './error.dto.js';
import { SEVERITY_WORDS } from './error.values.js';
import { scrubJson, scrubText, truncateIp } from './error-scrub.rules.js';

const severityOf = (word: string): string => SEVERITY_WORDS[word] ?? word;

/** The features of error lists. */
export const errorListRules: ListRules = {
  shape: ErrorLog,
  defaultSort: '-lastOccurredAt',
  searchable: true,
  own: { merged: ['true', 'false', 'only'] },
  ownUuids: ['teamId'],
};

export const occurrenceListRules: ListRules = {
  shape: ErrorOccurrence,
  defaultSort: '-occurredAt',
  searchable: false,
};

export const resolutionListRules: ListRules = {
  shape: ErrorResolution,
  defaultSort: '-changedAt',
  searchable: false,
};

/** An occurrence as app.record_errors expects it. */
export type SentOccurrence = Readonly<Record<string, unknown>>;

// A placeholder may be longer than the text that it replaces.
const clean = (text: string | null | undefined, max: number): string | null =>
  text === null || text === undefined ? null : firstOf(scrubText(text), max);

function hashOfUser(userId: string): string {
  return createHash('sha256').update(userId).digest('hex');
}

/**
 * Prepares a reported occurrence for storage: scrubs it and computes its fingerprint. The user is hashed here, so that
 * not even a statement parameter contains more than is stored.
 */
export function occurrenceOf(item: number, input: NewError): SentOccurrence {
  // Scrubbed first: a cut through a secret would leave a half that no rule recognises.
  const errorMessage = cutMessage(scrubText(input.errorMessage));
  const stackTrace = typeof input.stackTrace === 'string' ? cutStack(scrubText(input.stackTrace)) : null;
  const errorCode = clean(input.errorCode, 50) ?? 'UNKNOWN';
  const { fingerprint, source } = fingerprintOf({
    fingerprint: input.fingerprint,
    errorMessage,
    stackTrace,
    errorCode,
  });
  return {
    item,
    team_id: input.teamId,
    project_key: input.projectKey,
    task_id: input.taskId,
    validation_result_id: input.validationResultId,
    workflow_state_id: input.workflowStateId,
    occurred_at: input.occurredAt,
    fingerprint,
    fingerprint_version: FINGERPRINT_VERSION,
    fingerprint_source: source,
    error_code: errorCode,
    error_category: clean(input.errorCategory, 50) ?? 'application',
    error_severity: severityOf(input.errorSeverity ?? 'error'),
    error_message: errorMessage,
    stack_trace: stackTrace,
    error_details: scrubJson(input.errorDetails ?? {}),
    context_data: scrubJson(input.contextData ?? {}),
    metadata: scrubJson(input.metadata ?? {}),
    user_id: clean(input.userId, 255),
    user_hash: input.userId ? hashOfUser(input.userId) : null,
    session_id: clean(input.sessionId, 255),
    ip_address: input.ipAddress ? truncateIp(input.ipAddress) : null,
    user_agent: clean(input.userAgent, 1_000),
    environment: clean(input.environment, 50) ?? 'production',
    service_name: clean(input.serviceName, 100),
    service_version: input.serviceVersion ?? null,
  };
}

/** The problems of an occurrence's references, as app.record_errors returns them. */
export type ReferenceProblem = 'team' | 'project' | 'ambiguous_project' | 'task' | 'validation' | 'workflow';

const references = {
  task: ['taskId', 'There is no such task in the team.'],
  validation: ['validationResultId', 'There is no such validation result in the team.'],
  workflow: ['workflowStateId', 'There is no such workflow state in the team.'],
} as const;

/** @param choices the projects that an ambiguous key may mean */
export function referenceFault(problem: ReferenceProblem, choices: readonly ProjectChoice[] = []): Fault {
  if (problem === 'team') return new Fault('NOT_FOUND', 'There is no such team.');
  if (problem === 'project') return new Fault('NOT_FOUND', 'There is no such project.');
  if (problem === 'ambiguous_project') return ambiguousProject(choices);
  const [path, message] = references[problem];
  return new Fault('RULE_VIOLATED', message, { errors: [{ path, message, code: 'RULE_VIOLATED' }] });
}
