import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { Fault } from '../faults/fault.js';
import { Metrics } from '../telemetry/metrics.js';

type Holder = 'anonymous' | 'user';

/** The bytes that one request body may hold until it is released. */
export interface BodyHold {
  /** @throws Fault OVERLOADED */
  grow(bytes: number): void;
  release(): void;
}

/**
 * Bounds the bytes of request bodies that are in memory at once: of all requests, of requests without a credential, and of
 * each user, who may hold half of the whole. Without a bound, 25 connections took 1.3 GB.
 */
@Injectable()
export class BodyBudget {
  readonly #users = new Map<string, number>();
  readonly #held: Gauge;
  readonly #refused: Counter;
  #total = 0;
  #anonymous = 0;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    { registry }: Metrics,
  ) {
    this.#held = new Gauge({
      name: 'taskmaster_request_body_bytes',
      help: 'Bytes of request bodies in memory, of requests with and without a credential.',
      labelNames: ['holder'],
      registers: [registry],
    });
    this.#refused = new Counter({
      name: 'taskmaster_request_bodies_refused_total',
      help: 'Requests refused with 503 OVERLOADED, because the bodies in memory had reached their limit.',
      labelNames: ['holder'],
      registers: [registry],
    });
    for (const holder of ['anonymous', 'user'] as const) {
      this.#held.set({ holder }, 0);
      this.#refused.inc({ holder }, 0);
    }
  }

  /** Starts a hold of no bytes. `userId` is null for a request without a credential. */
  open(userId: string | null): BodyHold {
    const holder: Holder = userId === null ? 'anonymous' : 'user';
    let held = 0;
    const add = (bytes: number): void => {
      held += bytes;
      this.#add(userId, bytes);
      this.#held.inc({ holder }, bytes);
    };
    return {
      grow: (bytes) => {
        if (!this.#fits(userId, bytes)) {
          this.#refused.inc({ holder });
          throw new Fault('OVERLOADED', undefined, { headers: { 'retry-after': '1' } });
        }
        add(bytes);
      },
      release: () => add(-held),
    };
  }

  #fits(userId: string | null, bytes: number): boolean {
    const { bodyBytesMax, anonymousBytesMax } = this.config.http;
    if (this.#total + bytes > bodyBytesMax) return false;
    if (userId === null) return this.#anonymous + bytes <= anonymousBytesMax;
    const held = this.#users.get(userId) ?? 0;
    // A body that is larger than the share is admitted alone, so that the largest import is possible.
    return held === 0 || held + bytes <= bodyBytesMax / 2;
  }

  #add(userId: string | null, bytes: number): void {
    this.#total += bytes;
    if (userId === null) {
      this.#anonymous += bytes;
      return;
    }
    const held = (this.#users.get(userId) ?? 0) + bytes;
    if (held > 0) this.#users.set(userId, held);
    else this.#users.delete(userId);
  }
}
