import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { Injectable, Logger } from '@nestjs/common';
import { setImmediate as breathe, setTimeout as delay } from 'node:timers/promises';
import type { Session } from '../auth/session.js';
import type { Audience, PublishedEvent } from '../events/event.js';
import { maySee } from '../events/event.js';
import { EventStream } from '../events/event-stream.js';
import { EventFrames } from './event-frame.js';
import type { LiveClient } from './live-client.js';
import { LiveClients } from './live-clients.js';
import type { Place, Subscription } from './subscription.js';

/** Events that may wait for one client while PostgreSQL cannot say who may see them. */
const PENDING_MAX = 5_000;
/** Clients that are served before anybody else gets the thread. */
const SERVED_AT_ONCE = 250;
const RETRY_MS = [20, 50, 100, 250, 500, 1_000] as const;

interface Delivery {
  readonly event: PublishedEvent;
  readonly subscriptions: readonly Subscription[];
}

/** By credential; null for one that is dead. */
type Audiences = ReadonlyMap<string, Audience | null>;

/** What matches for a client, by its live subscriptions; those that are joining keep theirs until they are live. */
function matching(client: LiveClient, event: PublishedEvent): Subscription[] {
  const live: Subscription[] = [];
  for (const subscription of client.subscriptions.values()) {
    if (!subscription.awaits(event)) continue;
    if (subscription.isLive) live.push(subscription);
    else subscription.hold(event);
  }
  return live;
}

/**
 * Hands each batch of events to the clients that listen. Who may see what is asked of PostgreSQL for every batch, in one
 * statement for everybody concerned; while it is under way the next batches gather, so it never falls behind.
 */
@Injectable()
export class LiveFeed implements OnModuleInit, OnModuleDestroy {
  readonly #logger = new Logger(LiveFeed.name);
  readonly #closing = new AbortController();
  #pending = new Map<LiveClient, Delivery[]>();
  #pumping = false;
  #arrived: Place | null = null;
  #served: Place | null = null;
  #stop: () => void = () => undefined;

  constructor(
    private readonly stream: EventStream,
    private readonly clients: LiveClients,
  ) {}

  onModuleInit(): void {
    this.#stop = this.stream.onBatch((batch) => this.#arrive(batch));
    this.clients.onDue((due) => void this.#recheck(due));
  }

  onModuleDestroy(): void {
    this.#stop();
    this.#closing.abort();
  }

  /** Up to where this client has been sent everything it listens to; null while that cannot be said. */
  cursorOf(client: LiveClient): string | null {
    const served = this.#served;
    let least = client.subscriptions.size === 0 ? served : null;
    for (const { joinedAt } of client.subscriptions.values()) {
      if (!joinedAt) return null;
      // Each has everything up to where it joined, and up to what was served since.
      const has = served && served.position > joinedAt.position ? served : joinedAt;
      if (!least || has.position < least.position) least = has;
    }
    return least?.cursor ?? null;
  }

  /** What a subscription held while it was joining; from now on it gets everything from here. */
  goLive(client: LiveClient, subscription: Subscription, joinedAt: Place): void {
    for (const event of subscription.goLive(joinedAt)) this.#add(client, { event, subscriptions: [subscription] });
    void this.#pump();
  }

  /** Synchronous: a batch is for the subscriptions that are there at this moment. */
  #arrive(batch: readonly PublishedEvent[]): void {
    for (const client of this.clients) {
      if (client.subscriptions.size === 0 || !client.isOpen) continue;
      for (const event of batch) {
        const subscriptions = matching(client, event);
        if (subscriptions.length > 0) this.#add(client, { event, subscriptions });
      }
    }
    this.#arrived = batch.at(-1) ?? this.#arrived;
    void this.#pump();
  }

  #add(client: LiveClient, delivery: Delivery): void {
    const waiting = this.#pending.get(client);
    if (!waiting) this.#pending.set(client, [delivery]);
    else if (waiting.length < PENDING_MAX) waiting.push(delivery);
    else {
      this.#pending.delete(client);
      client.end('TOO_SLOW');
    }
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#pending.size > 0 && !this.#closing.signal.aborted) await this.#turn();
    this.#served = this.#arrived;
    this.#pumping = false;
  }

  async #turn(): Promise<void> {
    const began = performance.now();
    const arrived = this.#arrived;
    // Taken before PostgreSQL is asked: what comes meanwhile may be later than its answer.
    const taken = this.#pending;
    this.#pending = new Map();
    const audiences = await this.#ask([...taken.keys()]);
    if (!audiences) return;
    const frames = new Map<PublishedEvent, EventFrames>();
    let sent = 0;
    let served = 0;
    for (const [client, deliveries] of taken) {
      sent += this.#serve(client, deliveries, audiences, frames);
      served += 1;
      if (served % SERVED_AT_ONCE === 0) await breathe();
    }
    this.#served = arrived;
    this.clients.metrics.sent('live', sent);
    this.clients.metrics.delivered((performance.now() - began) / 1000);
  }

  #serve(
    client: LiveClient,
    deliveries: readonly Delivery[],
    audiences: Audiences,
    frames: Map<PublishedEvent, EventFrames>,
  ): number {
    if (!client.isOpen || !client.session) return 0;
    const audience = audiences.get(client.session.credentialId);
    // It has just shown a newer credential: that one is asked about with the next batch, this batch with the old.
    if (audience === undefined) return this.#again(client, deliveries);
    if (audience === null) {
      this.clients.revoke(client);
      return 0;
    }
    const batch: Buffer[] = [];
    for (const { event, subscriptions } of deliveries) {
      if (!maySee(audience, event)) continue;
      const ids = subscriptions.filter((one) => client.subscriptions.get(one.id) === one).map(({ id }) => id);
      if (ids.length === 0) continue;
      const frame = frames.get(event) ?? new EventFrames(event);
      frames.set(event, frame);
      batch.push(frame.for(ids));
    }
    client.send(...batch);
    return batch.length;
  }

  /** Puts deliveries back in front of what has come since. */
  #again(client: LiveClient, deliveries: readonly Delivery[]): number {
    this.#pending.set(client, [...deliveries, ...(this.#pending.get(client) ?? [])]);
    return 0;
  }

  /** Asks until PostgreSQL answers: what is not known to be allowed waits. Null when the instance stops. */
  async #ask(clients: readonly LiveClient[]): Promise<Audiences | null> {
    const { signal } = this.#closing;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        return await this.#audiencesOf(clients);
      } catch (error) {
        if (attempt === 0) this.#logger.warn({ error }, 'live events wait: PostgreSQL cannot say who may see them');
        await delay(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)], null, { signal }).catch(() => null);
      }
    }
    return null;
  }

  async #audiencesOf(clients: readonly LiveClient[]): Promise<Audiences> {
    const sessions = new Map<string, Session>();
    for (const { session } of clients) if (session) sessions.set(session.credentialId, session);
    const found = await this.stream.audience([...sessions.values()]);
    return new Map([...sessions].map(([credentialId, session]) => [credentialId, found.get(session) ?? null]));
  }

  /** Nothing may happen for a long time in the teams of a client, and its credential ends all the same. */
  async #recheck(due: readonly LiveClient[]): Promise<void> {
    try {
      const audiences = await this.#audiencesOf(due);
      for (const client of due) {
        if (client.session && audiences.get(client.session.credentialId) === null) this.clients.revoke(client);
      }
    } catch (error) {
      // The next heartbeat asks again, and so does the next event.
      this.#logger.debug({ error }, 'credentials of live connections not checked');
    }
  }
}
