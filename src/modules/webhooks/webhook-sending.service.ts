import { Injectable, Logger } from '@nestjs/common';
import type { SecretBox } from '../../platform/credentials/secret-box.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { EventStream } from '../../platform/events/event-stream.js';
import { scrub } from '../../platform/telemetry/redact.js';
import { WebhookDispatcher } from './webhook-dispatcher.service.js';
import type { DeliveryOutcome } from './webhook-metrics.js';
import { WebhookMetrics } from './webhook-metrics.js';
import type { Verdict } from './webhook-retry.rules.js';
import { delayAfter, pauseAfter, verdictOf } from './webhook-retry.rules.js';
import { webhookSecretBox } from './webhook-secret.js';
import { WebhookSender } from './webhook-sender.js';
import type { Attempt, Sending } from './webhook-sending.queries.js';
import {
  disableWebhook,
  logAttempt,
  markDead,
  markDelivered,
  markFailed,
  recordFailure,
  recordSuccess,
  openSending,
  postpone,
} from './webhook-sending.queries.js';
import type { DisabledReason } from './webhook.values.js';
import { TEST_TYPE, testEvent } from './webhook.rules.js';

const REASON = 'deliver webhooks';
const EXCERPT_MAX = 1_024;
/** Fewer failures never disable a webhook, however long they last. */
const FAILURES_LEAST = 10;

/** The reason to give a delivery up before an attempt, and its consequence for the webhook. */
interface Refusal {
  readonly error: string;
  readonly disables?: DisabledReason;
}

/** Attempts one delivery: reads the current state, sends, and records the outcome. */
@Injectable()
export class WebhookSending {
  readonly #logger = new Logger(WebhookSending.name);
  readonly #box: SecretBox;

  constructor(
    private readonly database: Database,
    private readonly stream: EventStream,
    private readonly dispatcher: WebhookDispatcher,
    private readonly metrics: WebhookMetrics,
    private readonly sender: WebhookSender,
  ) {
    this.#box = webhookSecretBox(sender.settings.key);
  }

  /** Runs at least once for each due delivery. A repeated run finds it done and returns. */
  async deliver(deliveryId: string): Promise<void> {
    const [sending] = await this.database.systemCommand(REASON, openSending(deliveryId));
    if (sending?.status !== 'pending') return;
    const secrets = this.#secretsOf(sending);
    const refusal = refusalOf(sending, secrets);
    if (refusal) return this.#giveUp(sending, refusal);
    if (sending.pausedUntil !== null && !isTest(sending)) return this.#postpone(sending, sending.pausedUntil);
    const { verdict, attempt } = await this.#attempt(sending, secrets);
    await (verdict.delivered ? this.#succeeded(sending, attempt) : this.#failed(sending, verdict, attempt));
  }

  async #attempt(sending: Sending, secrets: readonly string[]): Promise<{ verdict: Verdict; attempt: Attempt }> {
    const startedAt = new Date();
    const start = performance.now();
    const { eventId: id, url } = sending;
    const result = await this.sender.send({ id, url, body: this.#bodyOf(sending), secrets });
    const durationMs = Math.round(performance.now() - start);
    this.metrics.took(durationMs / 1_000);
    const verdict = verdictOf(result, Date.now());
    const excerpt = 'excerpt' in result ? excerptOf(result.excerpt) : null;
    const { responseStatus, error } = verdict;
    return { verdict, attempt: { startedAt, durationMs, responseStatus, excerpt, error } };
  }

  #secretsOf({ webhookId, sealedSecrets }: Sending): string[] {
    return sealedSecrets.flatMap((sealed) => this.#box.open(webhookId, Buffer.from(sealed, 'base64')) ?? []);
  }

  #bodyOf({ eventId, teamId, webhookId, createdAt, position, body }: Sending): string {
    if (body === null || position === null) return testEvent(eventId, teamId, webhookId, createdAt);
    return this.stream.textOf(BigInt(position), body);
  }

  async #succeeded({ teamId, webhookId, deliveryId }: Sending, attempt: Attempt): Promise<void> {
    await this.database.system(REASON, async (tx) => {
      await tx.run(logAttempt(teamId, deliveryId, attempt));
      await tx.run(markDelivered(deliveryId, attempt.responseStatus));
      await tx.run(recordSuccess(webhookId));
    });
    this.metrics.count('delivered');
  }

  async #failed(sending: Sending, verdict: Verdict, attempt: Attempt): Promise<void> {
    const { teamId, deliveryId, attempts } = sending;
    const { retrySeconds } = this.sender.settings;
    const mayRetry = !verdict.gone && !isTest(sending);
    const delaySeconds = mayRetry ? delayAfter(attempts + 1, retrySeconds, verdict.retryAfter, Math.random()) : null;
    const outcome = await this.database.system(REASON, async (tx): Promise<DeliveryOutcome> => {
      await tx.run(logAttempt(teamId, deliveryId, attempt));
      const [marked] = await tx.run(markFailed(deliveryId, { ...verdict, delaySeconds }));
      if (!isTest(sending)) await this.#countFailure(tx, sending, verdict.gone);
      if (marked?.status !== 'pending') return 'dead';
      await this.dispatcher.queue(tx, [deliveryId]);
      return 'retried';
    });
    this.metrics.count(outcome);
  }

  async #countFailure(tx: Tx, { webhookId, teamId, failures }: Sending, gone: boolean): Promise<void> {
    const { retrySeconds, disableAfterHours } = this.sender.settings;
    const [noted] = await tx.run(recordFailure(webhookId, pauseAfter(failures + 1, retrySeconds)));
    if (gone) return this.#disable(tx, teamId, webhookId, 'gone');
    if (!noted || noted.failures < FAILURES_LEAST || noted.failingHours < disableAfterHours) return;
    await this.#disable(tx, teamId, webhookId, 'failing');
  }

  async #disable(tx: Tx, teamId: string, webhookId: string, reason: DisabledReason): Promise<void> {
    const [disabled] = await tx.run(disableWebhook(webhookId, reason));
    if (!disabled) return;
    this.metrics.disabled(reason);
    this.#logger.warn({ teamId, webhookId, reason }, 'a webhook was disabled');
  }

  async #giveUp({ deliveryId, teamId, webhookId }: Sending, { error, disables }: Refusal): Promise<void> {
    await this.database.system(REASON, async (tx) => {
      await tx.run(markDead(deliveryId, error));
      if (disables) await this.#disable(tx, teamId, webhookId, disables);
    });
    this.metrics.count('dead');
  }

  async #postpone({ deliveryId }: Sending, until: string): Promise<void> {
    await this.database.system(REASON, async (tx) => {
      await tx.run(postpone(deliveryId, until));
      await this.dispatcher.queue(tx, [deliveryId]);
    });
    this.metrics.count('postponed');
  }
}

function isTest({ eventType }: Sending): boolean {
  return eventType === TEST_TYPE;
}

function refusalOf(sending: Sending, secrets: readonly string[]): Refusal | null {
  const { permissions, isEnabled, body, needs } = sending;
  if (permissions === null) return { error: 'owner', disables: 'owner' };
  if (secrets.length === 0) return { error: 'secret', disables: 'secret' };
  if (isTest(sending)) return null;
  if (!isEnabled) return { error: 'disabled' };
  if (body === null || needs === null) return { error: 'expired' };
  return permissions.includes(needs) || permissions.includes('*') ? null : { error: 'owner' };
}

/**
 * The beginning of a response in a form that can be stored: without NUL, which PostgreSQL rejects, and without secrets.
 */
function excerptOf(text: string): string | null {
  const clean = scrub(text.replaceAll('\0', ''));
  return clean === '' ? null : Array.from(clean).slice(0, EXCERPT_MAX).join('');
}
