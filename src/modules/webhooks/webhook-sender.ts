import { Webhook } from 'standardwebhooks';
import type { OutboundClient, OutboundResult } from '../../platform/outbound/outbound-client.js';
import { VERSION } from '../../platform/telemetry/version.js';

/** A message of Standard Webhooks. All attempts share its id, but each has its own timestamp. */
export interface Message {
  readonly id: string;
  readonly url: string;
  readonly body: string;
  /** Newest first. During a rotation there are two secrets, and so two signatures. */
  readonly secrets: readonly string[];
}

/** The headers that authenticate the sender: `v1,<base64>` for each secret, separated by a space. */
export function signatureHeaders({ id, body, secrets }: Omit<Message, 'url'>, now: Date): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
  };
}

export function sendMessage(client: OutboundClient, message: Message): Promise<OutboundResult> {
  const headers = {
    'content-type': 'application/cloudevents+json; charset=utf-8',
    'user-agent': `TaskMaster/${VERSION} (webhooks)`,
    accept: '*/*',
    ...signatureHeaders(message, new Date()),
  };
  return client.post(message.url, headers, message.body);
}
