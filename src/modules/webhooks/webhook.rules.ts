import type { FieldProblem } from '../../platform/faults/fault.js';
import { invalid } from '../../platform/faults/fault.js';
import type { OutboundPolicy } from '../../platform/outbound/target.js';
import { RefusedTarget, targetOf } from '../../platform/outbound/target.js';
import type { ListRules } from '../../platform/schema/list-request.js';
import { canonical, problemsWith } from '../../platform/schema/validate.js';
import { ReplayRequest, WebhookDelivery } from './webhook-delivery.dto.js';
import { Webhook } from './webhook.dto.js';

/**
 * Team roles decide about the webhooks of a team. The second permission grants access to those of all the caller's
 * teams.
 */
export const WEBHOOKS_READ = ['tasks:read', 'webhooks:read'] as const;
export const WEBHOOKS_WRITE = ['tasks:write', 'webhooks:write'] as const;

export const webhookListRules: ListRules = { shape: Webhook, defaultSort: '-createdAt', searchable: false };

export const deliveryListRules: ListRules = { shape: WebhookDelivery, defaultSort: '-createdAt', searchable: false };

/** Stands for every type of event. */
export const EVERY_TYPE = '*';

/** The values that a null in a patch restores. */
export const webhookDefaults = { eventTypes: [EVERY_TYPE], isEnabled: true };

/** Maximum number of webhooks per team, because every webhook multiplies the cost of each event. */
export const WEBHOOKS_MAX = 50;

/** Why a URL could never be called. */
export function problemsOfUrl(url: string | undefined, policy: OutboundPolicy): FieldProblem[] {
  if (url === undefined) return [];
  try {
    targetOf(url, policy);
    return [];
  } catch (error) {
    if (!(error instanceof RefusedTarget)) throw error;
    return [{ path: 'url', message: `url ${error.why}`, code: 'REFUSED_URL' }];
  }
}

/** Requires either a cursor or a time as the start of a replay. @throws Fault VALIDATION_FAILED */
export function replayOf(body: unknown): ReplayRequest {
  const problems: FieldProblem[] = problemsWith(ReplayRequest, body ?? {});
  const { since, sinceTime } = (body ?? {}) as Readonly<Record<string, unknown>>;
  if (since === undefined && sinceTime === undefined) {
    problems.push({ path: 'since', message: 'since or sinceTime is needed', code: 'REQUIRED' });
  } else if (since !== undefined && sinceTime !== undefined) {
    problems.push({ path: 'sinceTime', message: 'must not be sent beside since', code: 'AMBIGUOUS' });
  }
  if (problems.length > 0) throw invalid(problems);
  return canonical(ReplayRequest, body as ReplayRequest);
}

/** The event of a test, which has no subject. */
export function testEvent(id: string, teamId: string, webhookId: string, moment: string): string {
  return JSON.stringify({
    specversion: '1.0',
    id,
    source: '/taskmaster',
    type: TEST_TYPE,
    subject: `webhooks/${webhookId}`,
    time: moment,
    datacontenttype: 'application/json',
    teamid: teamId,
    data: { webhookId, message: 'This is a test.' },
  });
}

export const TEST_TYPE = 'webhook.test';

/** The kind of job that sends one delivery. */
export const DELIVERY_JOB = 'webhook_delivery';
