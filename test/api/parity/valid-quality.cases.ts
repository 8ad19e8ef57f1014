import { expect } from '@jest/globals';
import type { ParityCase } from './case.js';
import type { World } from './world.js';

/** A failed validation with one finding. */
async function failed(w: World): Promise<string> {
  const body = {
    taskId: await w.task(),
    validationType: 'testing',
    validationStatus: 'failed',
    findings: [{ severity: 'error', message: 'it is broken' }],
  };
  return (await w.of(w.rest.post<{ id: string }>('/validations', body))).id;
}

/** A validation whose first attempt failed and was followed by another one. */
async function retried(w: World): Promise<string> {
  const id = await failed(w);
  await w.of(w.rest.post(`/validations/${id}/retry`));
  return id;
}

async function delivery(w: World): Promise<{ id: string; deliveryId: string }> {
  const id = await w.webhook({ isEnabled: false });
  const made = await w.of(w.rest.post<{ id: string }>(`/webhooks/${id}/test`));
  return { id, deliveryId: made.id };
}

/** Uses of validations, errors, deliveries, analytics, events and health that succeed. */
export const validQuality: readonly ParityCase[] = [
  {
    name: 'lists validations',
    who: 'viewer',
    does: async (w) => ({ operation: 'listValidations', list: { id: await w.validation() } }),
    code: 'OK',
    answers: [{ validationStatus: 'passed' }],
  },
  {
    name: 'reads a validation',
    who: 'viewer',
    does: async (w) => ({ operation: 'getValidation', params: { id: await w.validation() } }),
    code: 'OK',
    answers: { validationStatus: 'passed', version: 1 },
  },
  {
    name: 'replaces a validation',
    who: 'ada',
    does: async (w) => ({
      operation: 'replaceValidation',
      params: { id: await w.validation('queued') },
      input: { validationType: 'testing', toolName: 'vitest' },
    }),
    code: 'OK',
    answers: { toolName: 'vitest', validationStatus: 'queued' },
  },
  {
    name: 'changes a validation',
    who: 'ada',
    does: async (w) => ({
      operation: 'updateValidation',
      params: { id: await w.validation() },
      input: { toolName: 'eslint' },
      version: 1,
    }),
    code: 'OK',
    answers: { toolName: 'eslint', version: 2 },
  },
  {
    name: 'deletes a validation',
    who: 'ada',
    does: async (w) => {
      const id = await w.validation();
      return [
        { operation: 'deleteValidation', params: { id } },
        { operation: 'listValidations', list: { id } },
      ];
    },
    code: 'OK',
    answers: [],
  },
  {
    name: 'retries a validation',
    who: 'ada',
    does: async (w) => ({ operation: 'retryValidation', params: { id: await failed(w) } }),
    code: 'OK',
    answers: { attempt: 2 },
  },
  {
    name: 'lists the attempts of a validation',
    who: 'viewer',
    does: async (w) => ({ operation: 'listValidationAttempts', params: { id: await retried(w) } }),
    code: 'OK',
    answers: [{ attempt: 1 }],
  },
  {
    name: 'lists the findings of an attempt',
    who: 'viewer',
    does: async (w) => ({
      operation: 'listValidationFindings',
      params: { id: await retried(w) },
      list: { attempt: 1 },
    }),
    code: 'OK',
    answers: [{ message: 'it is broken' }],
  },
  {
    name: 'judges the gate of a task',
    who: 'viewer',
    does: async (w) => ({ operation: 'getValidationGate', params: { id: await w.task() } }),
    code: 'OK',
  },
  {
    name: 'reads an error',
    who: 'viewer',
    does: async (w) => ({ operation: 'getError', params: { id: await w.error() } }),
    code: 'OK',
    answers: { resolutionStatus: 'unresolved', occurrenceCount: 1 },
  },
  {
    name: 'reports errors in a batch',
    who: 'admin',
    does: (w) => ({
      operation: 'recordErrors',
      input: { errors: [{ teamId: w.team, errorMessage: 'it failed', errorCode: w.word() }] },
    }),
    code: 'OK',
    answers: [{ index: 0, status: 201, isNew: true }],
  },
  {
    name: 'lists the occurrences of an error',
    who: 'viewer',
    does: async (w) => ({ operation: 'listErrorOccurrences', params: { id: await w.error() } }),
    code: 'OK',
    answers: [{ number: 1 }],
  },
  {
    name: 'lists the history of an error',
    who: 'admin',
    does: async (w) => {
      const id = await w.error();
      return [
        { operation: 'resolveError', params: { id }, input: {} },
        { operation: 'listErrorHistory', params: { id } },
      ];
    },
    code: 'OK',
    answers: [{ fromStatus: 'unresolved', toStatus: 'resolved' }],
  },
  {
    name: 'changes an error',
    who: 'admin',
    does: async (w) => ({ operation: 'updateError', params: { id: await w.error() }, input: { title: 'named' } }),
    code: 'OK',
    answers: { title: 'named' },
  },
  {
    name: 'reopens an error',
    who: 'admin',
    does: async (w) => {
      const id = await w.error();
      return [
        { operation: 'resolveError', params: { id }, input: {} },
        { operation: 'reopenError', params: { id } },
      ];
    },
    code: 'OK',
    answers: { resolutionStatus: 'unresolved' },
  },
  {
    name: 'ignores an error',
    who: 'admin',
    does: async (w) => ({ operation: 'ignoreError', params: { id: await w.error() }, input: { untilCount: 5 } }),
    code: 'OK',
    answers: { resolutionStatus: 'ignored' },
  },
  {
    name: 'merges an error into another one',
    who: 'admin',
    does: async (w) => ({ operation: 'mergeError', params: { id: await w.error() }, input: { into: await w.error() } }),
    code: 'OK',
    answers: { occurrenceCount: 2 },
  },
  {
    name: 'reads a delivery',
    who: 'ada',
    does: async (w) => ({ operation: 'getWebhookDelivery', params: await delivery(w) }),
    code: 'OK',
    answers: { eventType: 'webhook.test' },
  },
  {
    name: 'reads the analytics of validations',
    who: 'viewer',
    does: () => ({ operation: 'getValidationAnalytics', params: { window: '7d' } }),
    code: 'OK',
  },
  {
    name: 'reads the analytics of errors',
    who: 'viewer',
    does: () => ({ operation: 'getErrorAnalytics', params: { window: '7d' } }),
    code: 'OK',
  },
  {
    name: 'reads what happened',
    who: 'ada',
    does: () => ({ operation: 'listChanges', params: { limit: 1 } }),
    code: 'OK',
    answers: [{ id: expect.any(String) }],
  },
  {
    name: 'reads the health in detail',
    who: 'admin',
    does: () => ({ operation: 'getDetailedHealth' }),
    code: 'OK',
    answers: { status: 'ok' },
  },
];
