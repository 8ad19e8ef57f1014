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

/** Maximum number of events per transaction. */
const BATCH = 500;

/**
 * Turns events into deliveries and their jobs. The transaction that creates deliveries also advances the position,
 * which is a row in the database. If an instance dies, another one therefore continues from the last commit, and no
 * event is skipped or delivered twice. Any number of instances try; only one runs at a time.
 */
@Injectable()
export class WebhookDispatcher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(WebhookDispatcher.name);
  #unsubscribe: (() => void) | null = null;
  #running: Promise<void> | null = null;
  #wanted = false;
  #stopped = false;
  /** Without webhooks, new events cause no query. The event of a new webhook, or the periodic job, sets this again. */
  #hasWebhooks = true;

  constructor(
    private readonly database: Database,
    private readonly stream: EventStream,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    this.#unsubscribe = this.stream.onBatch((batch) => {
      if (this.#hasWebhooks || batch.some(({ type }) => type.startsWith('webhook.'))) this.wake();
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#unsubscribe?.();
    this.#stopped = true;
    await this.#running;
  }

  /** Starts a run, because this or another instance has work. Calls during a run cause one more run. */
  wake(): void {
    this.#wanted = true;
    if (this.#stopped || this.#running) return;
    this.#running = this.#run()
      .catch((error: unknown) => {
        // The position has not moved, so the periodic job tries again.
        this.#logger.warn({ error }, 'dispatching events to webhooks failed; the next run retries');
      })
      .finally(() => {
        this.#running = null;
        if (this.#wanted) this.wake();
      });
  }

  /** Runs once in the transaction of the caller. Returns whether more may be waiting. */
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

  /** Creates the jobs of deliveries. */
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
