import type { OnApplicationShutdown } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.module.js';
import type { WebhookConfig } from '../../platform/config/webhook-config.js';
import type { OutboundResult, WatchOutbound } from '../../platform/outbound/outbound-client.js';
import { OutboundClient } from '../../platform/outbound/outbound-client.js';
import { Tracing } from '../../platform/telemetry/tracing.js';
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

/** Sends messages to their receivers. */
@Injectable()
export class WebhookSender implements OnApplicationShutdown {
  readonly settings: WebhookConfig;
  readonly #client: OutboundClient;

  constructor(@Inject(CONFIG) { webhooks }: Config, tracing: Tracing) {
    this.settings = webhooks;
    const { allowPrivate, ports, timeoutMs } = webhooks;
    const part = Math.ceil(timeoutMs / 3);
    const timeouts = { connectMs: part, headersMs: 2 * part, bodyMs: part, totalMs: timeoutMs };
    const watch: WatchOutbound = (url, send, statusOf) =>
      tracing.outbound({ name: 'deliver webhook', method: 'POST', url }, send, statusOf);
    this.#client = new OutboundClient({ allowPrivate, ports, timeouts, watch });
  }

  send(message: Message): Promise<OutboundResult> {
    const headers = {
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'user-agent': `TaskMaster/${VERSION} (webhooks)`,
      accept: '*/*',
      ...signatureHeaders(message, new Date()),
    };
    return this.#client.post(message.url, headers, message.body);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#client.close();
  }
}
