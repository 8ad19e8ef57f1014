import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.module.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { EventStream } from '../../platform/events/event-stream.js';
import {
  advanceDispatch,
  deliveriesWithoutJob,
  lockDispatch,
  makeDeliveries,
  queueDeliveries,
} from './webhook-dispatch.queries.js';

/** Events that one transaction turns into deliveries. */
const BATCH = 500;

/**
 * Turns events into deliveries with their jobs. Its place in the stream is a row of the database, moved in the transaction
 * that makes the deliveries: whenever an instance dies, another one goes on where the last commit was, without a gap and
 * without a second delivery of an event. Any number of instances try; one at a time does.
 */
@Injectable()
export class WebhookDispatcher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(WebhookDispatcher.name);
  #silence: (() => void) | null = null;
  #running: Promise<void> | null = null;
  #wanted = false;
  #stopped = false;
  /** Without a webhook nothing is asked at every event; the sweep, or the event of its making, finds a new one. */
  #hasWebhooks = true;

  constructor(
    private readonly database: Database,
    private readonly stream: EventStream,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    this.#silence = this.stream.onBatch((batch) => {
      if (this.#hasWebhooks || batch.some(({ type }) => type.startsWith('webhook.'))) this.wake();
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#silence?.();
    this.#stopped = true;
    await this.#running;
  }

  /** There is something to do, for this instance or another. Rings while a run is in flight become one more run. */
  wake(): void {
    this.#wanted = true;
    if (this.#stopped || this.#running) return;
    this.#running = this.#run()
      .catch((error: unknown) => {
        // The place in the stream has not moved, and the sweep comes by.
        this.#logger.warn({ error }, 'events were not dispatched to webhooks; they are with the next turn');
      })
      .finally(() => {
        this.#running = null;
        if (this.#wanted) this.wake();
      });
  }

  /** One turn in a transaction of the caller's; whether there may be more. */
  async dispatch(tx: Tx): Promise<boolean> {
    const [state] = await tx.run(lockDispatch());
    if (!state) return false;
    this.#hasWebhooks = state.position !== null;
    const waiting = await tx.run(deliveriesWithoutJob(BATCH));
    await this.queue(
      tx,
      waiting.map(({ id }) => id),
    );
    if (state.position === null) return waiting.length === BATCH;
    const [made] = await tx.run(makeDeliveries(state.position, BATCH));
    if (!made || made.position === null) return waiting.length === BATCH;
    await this.queue(tx, made.deliveries);
    await tx.run(advanceDispatch(made.position));
    return made.events === BATCH || waiting.length === BATCH;
  }

  /** Makes the jobs of deliveries. */
  async queue(tx: Tx, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await tx.run(queueDeliveries(ids, this.config.webhooks.lanes));
  }

  async #run(): Promise<void> {
    let more = true;
    while (more && !this.#stopped) {
      this.#wanted = false;
      more = await this.database.system('dispatch webhooks', (tx) => this.dispatch(tx));
    }
  }
}
