import { Inject, Injectable, Logger } from '@nestjs/common';
import { createHmac, hkdfSync, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { RedisLink } from './redis-link.js';

/** A larger batch is only announced, and the other instances read it from the table. */
const CARRY_MAX_BYTES = 256 * 1024;
const SEAL_BYTES = 32;

/** A batch that an instance has published: rows of the table of events, and the last position. */
export interface Carried<Row> {
  readonly rows: readonly Row[];
  readonly head: bigint;
}

interface Message<Row> {
  readonly from: string;
  readonly head: string;
  readonly rows: readonly Row[];
}

/**
 * Sends published events to the other instances over Redis, so that they need not read every batch from PostgreSQL. The
 * table stays the source of truth: positions have no gaps, so an instance notices a missing message at the next one, or at
 * the notification of PostgreSQL, and reads the table. Messages carry an HMAC whose key Redis does not have, so that a client that
 * can publish in Redis can delay events but not forge them.
 */
@Injectable()
export class RedisFanOut {
  readonly #logger = new Logger(RedisFanOut.name);
  readonly #me = randomUUID();
  readonly #key: Buffer;
  /** Of instances that have another secret yet, or still. */
  readonly #acceptedKeys: readonly Buffer[];
  #subscribed = false;

  constructor(
    private readonly redis: RedisLink,
    @Inject(CONFIG) config: Config,
  ) {
    this.#key = keyOf(config.auth.jwtSecret);
    this.#acceptedKeys = [this.#key, ...config.auth.acceptedSecrets.map(keyOf)];
  }

  /** Whether batches arrive over Redis at the moment. */
  get live(): boolean {
    return this.#subscribed && this.redis.subscriber.status === 'ready';
  }

  publish<Row>(rows: readonly Row[], head: bigint): void {
    if (!this.redis.configured) return;
    const message = (carried: readonly Row[]): Buffer =>
      Buffer.from(JSON.stringify({ from: this.#me, head: String(head), rows: carried } satisfies Message<Row>));
    const full = message(rows);
    const body = full.length > CARRY_MAX_BYTES ? message([]) : full;
    // While Redis is away, the others are notified by PostgreSQL.
    this.redis.commands.publish(this.#channel, Buffer.concat([this.#seal(body), body])).catch(() => undefined);
  }

  /** Subscribes to what other instances publish. */
  listen<Row>(onCarried: (carried: Carried<Row>) => void): void {
    if (!this.redis.configured) return;
    const { subscriber } = this.redis;
    subscriber.on('messageBuffer', (_channel: Buffer, bytes: Buffer) => {
      const message = this.#open<Row>(bytes);
      if (message && message.from !== this.#me) onCarried({ rows: message.rows, head: BigInt(message.head) });
    });
    subscriber.subscribe(this.#channel).then(
      () => (this.#subscribed = true),
      (error: unknown) => this.#logger.warn({ error }, 'events do not come over Redis'),
    );
  }

  get #channel(): string {
    return this.redis.key('events');
  }

  #seal(body: Buffer, key = this.#key): Buffer {
    return createHmac('sha256', key).update(body).digest();
  }

  #open<Row>(bytes: Buffer): Message<Row> | null {
    const seal = bytes.subarray(0, SEAL_BYTES);
    const body = bytes.subarray(SEAL_BYTES);
    const isSealed = (key: Buffer): boolean => timingSafeEqual(seal, this.#seal(body, key));
    if (seal.length < SEAL_BYTES || !this.#acceptedKeys.some(isSealed)) {
      this.#logger.warn('a message in Redis was not sealed by this installation');
      return null;
    }
    return JSON.parse(body.toString()) as Message<Row>;
  }
}

function keyOf(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'taskmaster redis events', SEAL_BYTES));
}
