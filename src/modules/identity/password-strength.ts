import type { OnApplicationShutdown } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { busy } from './login-queue.js';
import type { Estimate, Question } from './password-estimator.js';

/** "Safely unguessable: moderate protection from offline slow-hash scenario", in the words of zxcvbn. */
const SCORE_MIN = 3;
/** The start of a long password is enough to judge it, and the estimate of 64 repeated characters takes 0.4 s already. */
const JUDGED_MAX = 64;
const DEADLINE_MS = 5_000;
/** Milliseconds after which an unused thread ends: its dictionaries hold 68 MB. */
const IDLE_MS = 30_000;

interface Waiting {
  readonly resolve: (estimate: Estimate) => void;
  readonly reject: (error: unknown) => void;
}

/** Refuses passwords that are easy to guess. In a thread, because loading the dictionaries takes 0.5 s. */
@Injectable()
export class PasswordStrength implements OnApplicationShutdown {
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | null = null;
  #idle: NodeJS.Timeout | null = null;
  #asked = 0;

  /**
   * What is wrong with a password, in sentences; empty for a good one. `known` are words that somebody who knows the person
   * would try first.
   * @throws Fault RATE_LIMITED when the estimate takes too long
   */
  async weaknesses(password: string, known: readonly string[]): Promise<readonly string[]> {
    const { score, advice } = await this.#ask(password.slice(0, JUDGED_MAX), known);
    if (score >= SCORE_MIN) return [];
    return ['The password is easy to guess.', ...advice];
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#end(busy());
  }

  async #ask(password: string, known: readonly string[]): Promise<Estimate> {
    const thread = (this.#thread ??= this.#start());
    if (this.#idle) clearTimeout(this.#idle);
    const id = (this.#asked += 1);
    const deadline = setTimeout(() => void this.#end(busy()), DEADLINE_MS);
    try {
      return await new Promise<Estimate>((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        thread.postMessage({ id, password, known: known.filter((word) => word !== '') } satisfies Question);
      });
    } finally {
      clearTimeout(deadline);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) this.#idle = setTimeout(() => void this.#end(null), IDLE_MS).unref();
    }
  }

  #start(): Worker {
    const thread = new Worker(new URL(`./password-estimator${extname(import.meta.url)}`, import.meta.url));
    thread.on('message', (estimate: Estimate) => this.#waiting.get(estimate.id)?.resolve(estimate));
    thread.once('error', (error) => {
      if (this.#thread === thread) void this.#end(error);
    });
    thread.unref();
    return thread;
  }

  async #end(error: unknown): Promise<void> {
    const thread = this.#thread;
    this.#thread = null;
    if (this.#idle) clearTimeout(this.#idle);
    for (const { reject } of this.#waiting.values()) reject(error);
    await thread?.terminate();
  }
}
