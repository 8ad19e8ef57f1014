import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { Database } from '../database/database.js';
import { EventStream } from './event-stream.js';
import { BrokerMetrics } from '../brokers/broker-metrics.js';
import { BrokerStates } from '../brokers/broker-states.js';
import type { OutgoingEvent } from '../brokers/broker.queries.js';
import { advanceBroker, outgoingEvents, releaseBroker, takeBroker } from '../brokers/broker.queries.js';
import { KafkaProducer } from '../brokers/kafka-producer.js';

const BATCH = 200;
/** Milliseconds after which an instance renews its lease, or tries to take it, when there are no events. */
const LOOK_MS = 2_000;
const PAUSE_LEAST_MS = 250;
const PAUSE_MOST_MS = 5_000;

const REASON = 'publish events to Kafka';

/**
 * Publishes the stream of events to Kafka. The position is kept in the database and moves only after Kafka has acknowledged,
 * so nothing is lost at whatever point one of them stops. Events are repeated in the same order, so each one first arrives
 * after its predecessors, even if two instances publish at once.
 */
@Injectable()
export class KafkaPublisher implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(KafkaPublisher.name);
  readonly #me = randomUUID();
  readonly #login: Config['kafka'];
  #producer: KafkaProducer | null = null;
  #reachable = true;
  #failures = 0;
  #turn: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #isRequested = false;
  #stopped = false;
  #silence: (() => void) | null = null;

  constructor(
    private readonly database: Database,
    private readonly stream: EventStream,
    private readonly metrics: BrokerMetrics,
    @Inject(CONFIG) config: Config,
    states: BrokerStates,
  ) {
    this.#login = config.kafka;
    if (this.#login) states.add('kafka', () => this.#reachable);
  }

  onApplicationBootstrap(): void {
    if (!this.#login) return;
    this.#silence = this.stream.onBatch(() => this.#requestRun());
    this.#schedule(0);
  }

  /** Waits for the batch in flight and releases the lease, so that another instance can continue at once. */
  async onApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    this.#silence?.();
    if (this.#turn) clearTimeout(this.#turn);
    await this.#running;
    await this.#close(true);
  }

  #requestRun(): void {
    // While Kafka is away, the back-off decides when to try again.
    if (this.#failures > 0) return;
    this.#isRequested = true;
    if (!this.#running) this.#schedule(0);
  }

  #schedule(afterMs: number): void {
    if (this.#turn) clearTimeout(this.#turn);
    if (this.#stopped) return;
    this.#turn = setTimeout(() => {
      this.#running ??= this.#run().finally(() => {
        this.#running = null;
        this.#schedule(this.#pause());
      });
    }, afterMs).unref();
  }

  #pause(): number {
    if (this.#failures > 0) return Math.min(PAUSE_LEAST_MS * 2 ** (this.#failures - 1), PAUSE_MOST_MS);
    return this.#isRequested ? 0 : LOOK_MS;
  }

  async #run(): Promise<void> {
    this.#isRequested = false;
    try {
      const producer = await this.#open();
      await this.#publish(producer);
      if (!this.#reachable) this.#logger.log('Kafka is back');
      this.#reachable = true;
      this.#failures = 0;
    } catch (error) {
      if (this.#reachable) this.#logger.warn({ error }, 'events wait for Kafka');
      this.#reachable = false;
      this.#failures += 1;
      this.metrics.failed('kafka');
      await this.#close(false);
    }
  }

  async #open(): Promise<KafkaProducer> {
    if (!this.#login) throw new Error('Kafka is not configured.');
    this.#producer ??= await KafkaProducer.open(this.#login);
    return this.#producer;
  }

  async #publish(producer: KafkaProducer): Promise<void> {
    const broker = this.#nameOf(producer);
    const [mine] = await this.database.systemCommand(REASON, takeBroker(broker, this.#me));
    let position = mine && BigInt(mine.position);
    while (position !== undefined && !this.#stopped) {
      const events = await this.database.systemCommand(REASON, outgoingEvents(position, BATCH));
      const last = events.at(-1);
      if (!last) return;
      this.#noteGap(position, events);
      await producer.send(events);
      const [kept] = await this.database.systemCommand(REASON, advanceBroker(broker, this.#me, BigInt(last.position)));
      this.metrics.published('kafka', events.length);
      position = kept && BigInt(kept.position);
    }
  }

  /** A gap means that events were deleted before Kafka got them, because it was away for longer than the retention period. */
  #noteGap(position: bigint, [first]: readonly OutgoingEvent[]): void {
    const missed = first === undefined || position === 0n ? 0n : BigInt(first.position) - position - 1n;
    if (missed <= 0n) return;
    this.metrics.missed('kafka', Number(missed));
    this.#logger.error(
      { missed: Number(missed) },
      'events were dropped before Kafka had them; see EVENTS_RETENTION_DAYS',
    );
  }

  async #close(leaving: boolean): Promise<void> {
    const producer = this.#producer;
    this.#producer = null;
    if (!producer) return;
    // Another instance may be able to reach Kafka.
    await this.database
      .systemCommand(REASON, releaseBroker(this.#nameOf(producer), this.#me))
      .catch((error: unknown) => leaving || this.#logger.debug({ error }, 'the lease of Kafka ends by itself'));
    await producer.close();
  }

  /** The name of a position: one per installation of Kafka and set of topics. */
  #nameOf({ cluster }: KafkaProducer): string {
    return `kafka:${cluster}:${this.#login?.topicPrefix ?? ''}`;
  }
}
