import { Webhook } from 'standardwebhooks';
import type { OutboundClient, OutboundResult } from '../../platform/outbound/outbound-client.js';
import { VERSION } from '../../platform/telemetry/version.js';

/** One message as Standard Webhooks sends it: the id stays the same over all attempts, the time does not. */
export interface Message {
  readonly id: string;
  readonly url: string;
  readonly body: string;
  /** The newest first; during a rotation there are two, and so are the signatures. */
  readonly secrets: readonly string[];
}

/** Headers that prove who sends: `v1,<base64>` for each secret, separated by a blank. */
export function signatureHeaders({ id, body, secrets }: Omit<Message, 'url'>, now: Date): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
  };
}

/** Sends a signed message. */
export function sendMessage(client: OutboundClient, message: Message): Promise<OutboundResult> {
  const headers = {
    'content-type': 'application/cloudevents+json; charset=utf-8',
    'user-agent': `TaskMaster/${VERSION} (webhooks)`,
    accept: '*/*',
    ...signatureHeaders(message, new Date()),
  };
  return client.post(message.url, headers, message.body);
}
