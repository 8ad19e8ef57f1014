import { expect } from '@jest/globals';
import type { ParityCase } from './case.js';
import { ABSENT } from './case.js';
import type { World } from './world.js';

const URL = 'https://example.com/hooks';

/** Disabled: nothing of these cases is to be sent. */
const made = (w: World): Promise<string> => w.webhook({ isEnabled: false });

/** Webhooks: valid, invalid, forbidden, missing and conflicting uses. */
export const webhooks: readonly ParityCase[] = [
  {
    name: 'makes a webhook, and shows its secret',
    who: 'ada',
    does: (w) => ({ operation: 'createWebhook', input: { teamId: w.team, url: URL, isEnabled: false } }),
    code: 'OK',
    answers: { url: URL, eventTypes: ['*'], isEnabled: false, secret: expect.stringMatching(/^whsec_/) },
  },
  {
    name: 'rehearses one, and shows none',
    who: 'ada',
    does: (w) => ({ operation: 'createWebhook', input: { teamId: w.team, url: URL }, dryRun: true }),
    code: 'OK',
    answers: { secret: null },
  },
  {
    name: 'reads a webhook',
    who: 'ada',
    does: async (w) => ({ operation: 'getWebhook', params: { id: await made(w) } }),
    code: 'OK',
    answers: { url: URL },
  },
  {
    name: 'lists webhooks',
    who: 'ada',
    does: async (w) => {
      await made(w);
      return { operation: 'listWebhooks', list: { isEnabled: false, limit: 1 } };
    },
    code: 'OK',
    answers: [{ isEnabled: false }],
  },
  {
    name: 'changes a webhook',
    who: 'ada',
    does: async (w) => ({
      operation: 'updateWebhook',
      params: { id: await made(w) },
      input: { eventTypes: ['task.*'] },
      version: 1,
    }),
    code: 'OK',
    answers: { eventTypes: ['task.*'] },
  },
  {
    name: 'rotates a secret',
    who: 'ada',
    does: async (w) => ({
      operation: 'rotateWebhookSecret',
      params: { id: await made(w) },
      input: { overlapSeconds: 60 },
    }),
    code: 'OK',
    answers: { secret: expect.stringMatching(/^whsec_/) },
  },
  {
    name: 'sends a test',
    who: 'ada',
    does: async (w) => ({ operation: 'testWebhook', params: { id: await made(w) } }),
    code: 'OK',
    answers: { eventType: 'webhook.test' },
  },
  {
    name: 'lists deliveries',
    who: 'ada',
    does: async (w) => {
      const id = await made(w);
      return [
        { operation: 'testWebhook', params: { id } },
        { operation: 'listWebhookDeliveries', params: { id } },
      ];
    },
    code: 'OK',
    answers: [{ id: expect.any(String) }],
  },
  {
    name: 'sends a delivery again',
    who: 'ada',
    does: async (w) => {
      const id = await w.webhook({ eventTypes: ['error.*'] });
      const { id: deliveryId } = await w.of(w.rest.post<{ id: string }>(`/webhooks/${id}/test`));
      return { operation: 'replayWebhookDelivery', params: { id, deliveryId } };
    },
    code: 'OK',
    answers: { eventType: 'webhook.test' },
  },
  {
    name: 'sends events again that it does not want',
    who: 'ada',
    does: async (w) => ({
      operation: 'replayWebhook',
      params: { id: await w.webhook({ eventTypes: ['webhook.test'] }) },
      input: { sinceTime: new Date(Date.now() - 60_000).toISOString() },
    }),
    code: 'OK',
    answers: { hasMore: false },
  },
  {
    name: 'deletes a webhook',
    who: 'ada',
    does: async (w) => {
      const id = await made(w);
      return [
        { operation: 'deleteWebhook', params: { id } },
        { operation: 'listWebhooks', list: { id } },
      ];
    },
    code: 'OK',
    answers: [],
  },
  {
    name: 'a URL that leads inside',
    who: 'ada',
    does: (w) => ({ operation: 'createWebhook', input: { teamId: w.team, url: 'https://169.254.169.254/latest' } }),
    code: 'VALIDATION_FAILED',
    problems: ['REFUSED_URL'],
  },
  {
    name: 'a replay from nowhere',
    who: 'ada',
    does: async (w) => ({ operation: 'replayWebhook', params: { id: await made(w) }, input: {} }),
    code: 'VALIDATION_FAILED',
    problems: ['REQUIRED'],
  },
  {
    name: 'a viewer who makes one',
    who: 'viewer',
    does: (w) => ({ operation: 'createWebhook', input: { teamId: w.team, url: URL } }),
    code: 'FORBIDDEN',
  },
  {
    name: 'a member who makes one',
    who: 'bob',
    does: (w) => ({ operation: 'createWebhook', input: { teamId: w.team, url: URL } }),
    code: 'FORBIDDEN',
  },
  {
    name: 'a webhook of another team',
    who: 'stranger',
    does: async (w) => ({ operation: 'getWebhook', params: { id: await made(w) } }),
    code: 'NOT_FOUND',
  },
  {
    name: 'the deletion of none',
    who: 'ada',
    does: () => ({ operation: 'deleteWebhook', params: { id: ABSENT } }),
    code: 'NOT_FOUND',
  },
  {
    name: 'a change of an older version',
    who: 'ada',
    does: async (w) => ({
      operation: 'updateWebhook',
      params: { id: await made(w) },
      input: { url: `${URL}/2` },
      version: 7,
    }),
    code: 'VERSION_MISMATCH',
  },
  {
    name: 'a replay for one that is disabled',
    who: 'ada',
    does: async (w) => ({
      operation: 'replayWebhook',
      params: { id: await made(w) },
      input: { sinceTime: new Date(Date.now() - 60_000).toISOString() },
    }),
    code: 'CONFLICT',
  },
];
