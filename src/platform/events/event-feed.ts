import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { Injectable, Logger } from '@nestjs/common';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import type { Session } from '../auth/session.js';
import { Metrics } from '../telemetry/metrics.js';
import type { AudienceAnswer, Audiences } from './audience.js';
import { maySee } from './audience.js';
import type { EventDelivery, EventListener } from './event-listener.js';
import { EventStream } from './event-stream.js';
import type { PublishedEvent } from './event.js';
import { FeedMetrics } from './feed-metrics.js';
import type { StreamPosition, Subscription } from './subscription.js';

/** Events that may wait for one connection while PostgreSQL does not answer who may see them. */
const PENDING_MAX = 5_000;
/** Connections that are served before the event loop gets a turn. */
const SERVED_PER_TURN = 250;
const RETRY_MS = [20, 50, 100, 250, 500, 1_000] as const;

interface PendingEvent {
  readonly event: PublishedEvent;
  readonly subscriptions: readonly Subscription[];
}

/** The live subscriptions that an event matches. Subscriptions that are catching up hold it back. */
function matchingSubscriptions(listener: EventListener, event: PublishedEvent): Subscription[] {
  const live: Subscription[] = [];
  for (const subscription of listener.subscriptions.values()) {
    if (!subscription.awaits(event)) continue;
    if (subscription.isLive) live.push(subscription);
    else subscription.hold(event);
  }
  return live;
}

/** Of each credential one session. */
function sessionsOf(listeners: Iterable<EventListener>): Session[] {
  const sessions = new Map<string, Session>();
  for (const { session } of listeners) if (session) sessions.set(session.credentialId, session);
  return [...sessions.values()];
}

/**
 * Delivers each batch of events to the connections that subscribe to them. For every batch PostgreSQL decides who may see
 * it, in one statement for all connections concerned. Where they are few, the question is sent together with the statement
 * that publishes or reads the batch. Batches that arrive meanwhile are merged into the next one, so the feed does not fall
 * behind.
 */
@Injectable()
export class EventFeed implements OnModuleInit, OnModuleDestroy {
  readonly metrics: FeedMetrics;
  readonly #logger = new Logger(EventFeed.name);
  readonly #closing = new AbortController();
  readonly #listeners = new Set<EventListener>();
  #pending = new Map<EventListener, PendingEvent[]>();
  /** Belongs to the last batch, so it holds for everything that is pending. */
  #answer: AudienceAnswer | null = null;
  #isPumping = false;
  #arrived: StreamPosition | null = null;
  #delivered: StreamPosition | null = null;
  #unsubscribe: () => void = () => undefined;

  constructor(
    private readonly stream: EventStream,
    { registry }: Metrics,
  ) {
    this.metrics = new FeedMetrics(registry);
  }

  onModuleInit(): void {
    this.#unsubscribe = this.stream.onBatch((batch, answer) => this.#receive(batch, answer));
    this.stream.expectBatchesFor(() => this.#awaitingSessions());
  }

  onModuleDestroy(): void {
    this.#unsubscribe();
    this.#closing.abort();
  }

  add(listener: EventListener): void {
    this.#listeners.add(listener);
  }

  remove(listener: EventListener): void {
    this.#listeners.delete(listener);
  }

  /** The cursor up to which this connection has been sent everything; null while that is not known. */
  cursorOf(listener: EventListener): string | null {
    const delivered = this.#delivered;
    let least = listener.subscriptions.size === 0 ? delivered : null;
    for (const { liveFrom } of listener.subscriptions.values()) {
      if (!liveFrom) return null;
      // A live subscription has everything up to where it went live, and everything delivered since.
      const reached = delivered && delivered.position > liveFrom.position ? delivered : liveFrom;
      if (!least || reached.position < least.position) least = reached;
    }
    return least?.cursor ?? null;
  }

  /** Ends the catch-up of a subscription: it sends what was held back, and from now on every event after `from`. */
  goLive(listener: EventListener, subscription: Subscription, from: StreamPosition): void {
    for (const event of subscription.goLive(from)) this.#enqueue(listener, { event, subscriptions: [subscription] });
    void this.#pump();
  }

  /** Ends connections whose credentials are no longer valid. Without events, nothing else would close them. */
  async checkCredentials(listeners: readonly EventListener[]): Promise<void> {
    try {
      const audiences = await this.#audiencesOf(listeners);
      for (const listener of listeners) {
        if (listener.session && audiences.get(listener.session.credentialId) === null) listener.revoke();
      }
    } catch (error) {
      // The next heartbeat asks again, and so does the next event.
      this.#logger.debug({ error }, 'credentials of live connections not checked');
    }
  }

  /** None while a batch is being delivered: those that arrive meanwhile share one question, which costs less under load. */
  #awaitingSessions(): Session[] {
    if (this.#isPumping) return [];
    return sessionsOf([...this.#listeners].filter(({ isOpen, subscriptions }) => isOpen && subscriptions.size > 0));
  }

  /** Synchronous: a batch is for the subscriptions that exist at this moment. */
  #receive(batch: readonly PublishedEvent[], answer: AudienceAnswer | null): void {
    for (const listener of this.#listeners) {
      if (listener.subscriptions.size === 0 || !listener.isOpen) continue;
      for (const event of batch) {
        const subscriptions = matchingSubscriptions(listener, event);
        if (subscriptions.length > 0) this.#enqueue(listener, { event, subscriptions });
      }
    }
    this.#arrived = batch.at(-1) ?? this.#arrived;
    this.#answer = this.#pending.size > 0 ? answer : null;
    void this.#pump();
  }

  #enqueue(listener: EventListener, pending: PendingEvent): void {
    const waiting = this.#pending.get(listener);
    if (!waiting) this.#pending.set(listener, [pending]);
    else if (waiting.length < PENDING_MAX) waiting.push(pending);
    else {
      this.#pending.delete(listener);
      listener.endAsTooSlow();
    }
  }

  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (this.#pending.size > 0 && !this.#closing.signal.aborted) await this.#deliverPending();
    this.#delivered = this.#arrived;
    this.#isPumping = false;
  }

  async #deliverPending(): Promise<void> {
    const began = performance.now();
    const arrived = this.#arrived;
    // Taken before PostgreSQL is asked, because the answer is not valid for events that arrive after the question.
    const taken = this.#pending;
    this.#pending = new Map();
    const listeners = [...taken.keys()];
    const audiences = (await this.#answered(listeners)) ?? (await this.#audiencesWithRetry(listeners));
    if (!audiences) return;
    let sent = 0;
    let served = 0;
    for (const [listener, pending] of taken) {
      sent += this.#serve(listener, pending, audiences);
      served += 1;
      if (served % SERVED_PER_TURN === 0) await nextTurn();
    }
    this.#delivered = arrived;
    this.metrics.sent('live', sent);
    this.metrics.delivered((performance.now() - began) / 1000);
  }

  /** Returns how many events were sent. */
  #serve(listener: EventListener, pending: readonly PendingEvent[], audiences: Audiences): number {
    if (!listener.isOpen || !listener.session) return 0;
    const audience = audiences.get(listener.session.credentialId);
    // The connection has authenticated again meanwhile; the next statement asks about the new credential.
    if (audience === undefined) {
      this.#pending.set(listener, [...pending, ...(this.#pending.get(listener) ?? [])]);
      return 0;
    }
    if (audience === null) {
      listener.revoke();
      return 0;
    }
    const deliveries: EventDelivery[] = [];
    for (const { event, subscriptions } of pending) {
      if (!maySee(audience, event)) continue;
      const ids = subscriptions.filter((one) => listener.subscriptions.get(one.id) === one).map(({ id }) => id);
      if (ids.length > 0) deliveries.push({ event, ids });
    }
    listener.deliver(deliveries);
    return deliveries.length;
  }

  /** The answer that came with the last batch, if it says something about each of these connections. */
  async #answered(listeners: readonly EventListener[]): Promise<Audiences | null> {
    const answer = this.#answer;
    this.#answer = null;
    const audiences = (await answer) ?? null;
    const isComplete = listeners.every(({ session }) => !session || audiences?.has(session.credentialId));
    return isComplete ? audiences : null;
  }

  /** Retries until PostgreSQL answers, because no event may be sent before. Null when the instance stops. */
  async #audiencesWithRetry(listeners: readonly EventListener[]): Promise<Audiences | null> {
    const { signal } = this.#closing;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        return await this.#audiencesOf(listeners);
      } catch (error) {
        if (attempt === 0) this.#logger.warn({ error }, 'live events wait: PostgreSQL cannot say who may see them');
        await delay(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)], null, { signal }).catch(() => null);
      }
    }
    return null;
  }

  #audiencesOf(listeners: readonly EventListener[]): Promise<Audiences> {
    return this.stream.audience(sessionsOf(listeners));
  }
}
