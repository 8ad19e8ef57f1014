import type { OnApplicationShutdown } from '@nestjs/common';
import { Logger } from '@nestjs/common';
import type { Redis, RedisOptions } from 'ioredis';
import { once } from 'node:events';
import type { Config } from '../config/config.js';
import type { BrokerStates } from './broker-states.js';

const CONNECT_MS = 2_000;
/** After this many milliseconds, the service continues without an answer from Redis. */
const COMMAND_MS = 500;
const RETRY_LEAST_MS = 50;
const RETRY_MOST_MS = 2_000;

/**
 * The connections to Redis: one for commands and one for subscriptions. Nothing sent over them has to arrive, so commands
 * fail at once while Redis is away.
 */
export class RedisLink implements OnApplicationShutdown {
  readonly #logger = new Logger(RedisLink.name);
  readonly #config: Config['redis'];
  readonly #open: Redis[] = [];
  #commands: Redis | null = null;
  #subscriber: Redis | null = null;

  private constructor(
    config: Config,
    states: BrokerStates,
    private readonly client: typeof Redis | null,
  ) {
    this.#config = config.redis;
    if (this.#config) states.add('redis', () => this.reachable);
  }

  /** Loads the client library (2 MB of heap) only if Redis is configured. */
  static async open(config: Config, states: BrokerStates): Promise<RedisLink> {
    return new RedisLink(config, states, config.redis ? (await import('ioredis')).Redis : null);
  }

  get configured(): boolean {
    return this.#config !== undefined;
  }

  /** Whether all open connections are ready. */
  get reachable(): boolean {
    return this.#open.every((connection) => connection.status === 'ready');
  }

  get commands(): Redis {
    this.#commands ??= this.#connect({ enableOfflineQueue: false, commandTimeout: COMMAND_MS });
    return this.#commands;
  }

  /**
   * The connection for commands. Waits while it is being made: an instance whose first request failed would limit on its own for
   * a second, and together the instances admitted 315 requests where 300 were allowed.
   * @throws Error when it cannot be made within COMMAND_MS
   */
  async connected(): Promise<Redis> {
    const { commands } = this;
    if (commands.status === 'connecting' || commands.status === 'connect') {
      await once(commands, 'ready', { signal: AbortSignal.timeout(COMMAND_MS) });
    }
    return commands;
  }

  /** Resubscribes by itself after a lost connection. */
  get subscriber(): Redis {
    this.#subscriber ??= this.#connect({ autoResubscribe: true });
    return this.#subscriber;
  }

  key(name: string): string {
    return `${this.#config?.prefix ?? ''}${name}`;
  }

  onApplicationShutdown(): void {
    for (const connection of this.#open) connection.disconnect();
  }

  #connect(options: RedisOptions): Redis {
    if (!this.#config || !this.client) throw new Error('Redis is not configured.');
    const { url, ca } = this.#config;
    const connection = new this.client(url, {
      connectTimeout: CONNECT_MS,
      maxRetriesPerRequest: null,
      retryStrategy: (times) => Math.min(RETRY_LEAST_MS * 2 ** Math.min(times, 10), RETRY_MOST_MS),
      ...(ca === undefined ? {} : { tls: { ca } }),
      ...options,
    });
    let isReported = false;
    connection.on('error', (error: Error) => {
      if (!isReported) this.#logger.warn({ error }, 'Redis is unavailable; the service continues without it');
      isReported = true;
    });
    connection.on('ready', () => {
      if (isReported) this.#logger.log('Redis is back');
      isReported = false;
    });
    this.#open.push(connection);
    return connection;
  }
}
