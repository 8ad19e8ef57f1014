import { setTimeout as delay } from 'node:timers/promises';
import type { Client, Reply } from '../support/client.js';
import type { History, Outcome } from './history.js';
import type { ServiceProcess } from './service-process.js';

interface Counter {
  readonly version: number;
  readonly metadata: { readonly n: number };
}

/** Responses that state that the outcome of the write is unknown. */
const UNKNOWN = new Set(['DATABASE_UNAVAILABLE']);

interface Attempt<T> {
  readonly outcome: Outcome;
  readonly reply?: Reply<T>;
}

/** A number from 0 up to 1, the same sequence for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Writers that continue through every crash, each with one request at a time, until stopped. */
export class Writers {
  private stopped = false;
  private readonly running: Promise<unknown>;

  constructor(
    private readonly service: ServiceProcess,
    private readonly client: Client,
    private readonly history: History,
    private readonly counters: readonly string[],
    private readonly run: string,
    count: number,
  ) {
    this.running = Promise.all(Array.from({ length: count }, (_, index) => this.write(index)));
    this.running.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private goesOn(): boolean {
    return !this.stopped;
  }

  private async write(index: number): Promise<void> {
    const seen = new Map<string, Counter>();
    for (let turn = 0; this.goesOn(); turn += 1) {
      const outcome =
        turn % 2 === 0
          ? await this.create(`${this.run}-${index}-${turn}`)
          : await this.add(this.counters[(index + turn) % this.counters.length] ?? '', seen);
      // After a 503, a writer waits for Retry-After and tries again.
      if (outcome !== 'ok' && this.goesOn()) await this.service.ready();
    }
  }

  private async create(marker: string): Promise<Outcome> {
    const { outcome, reply } = await this.attempt(() => createOnce<{ id: string }>(this.client, marker));
    const id = outcome === 'ok' ? reply?.body.data.id : undefined;
    this.history.create({ marker, key: marker, outcome, ...(id === undefined ? {} : { id }) });
    return outcome;
  }

  private async add(counter: string, seen: Map<string, Counter>): Promise<Outcome> {
    const last = seen.get(counter) ?? (await this.look(counter));
    seen.delete(counter);
    if (!last) return 'fail';
    const { version, metadata } = last;
    const value = metadata.n + 1;
    const guarded = this.client.with({ 'if-match': `"${version}"` });
    const { outcome, reply } = await this.attempt(() =>
      guarded.patch<Counter>(`/tasks/${counter}`, { metadata: { n: value } }),
    );
    this.history.increment({ counter, value, outcome });
    if (outcome === 'ok' && reply) seen.set(counter, reply.body.data);
    return reply?.status === 412 ? 'ok' : outcome;
  }

  private async look(counter: string): Promise<Counter | null> {
    const { outcome, reply } = await this.attempt(() => this.client.get<Counter>(`/tasks/${counter}`));
    return outcome === 'ok' && reply ? reply.body.data : null;
  }

  private async attempt<T>(send: () => Promise<Reply<T>>): Promise<Attempt<T>> {
    try {
      const reply = await send();
      if (reply.status < 300) return { outcome: 'ok', reply };
      this.history.refusal(`${reply.status} ${reply.body.code}`);
      return { outcome: UNKNOWN.has(reply.body.code ?? '') ? 'unknown' : 'fail', reply };
    } catch (error) {
      const { code = 'no code' } = (error as { cause?: { code?: string } }).cause ?? {};
      this.history.refusal(code);
      // Only a refused connection proves that nothing was sent.
      return { outcome: code === 'ECONNREFUSED' ? 'fail' : 'unknown' };
    }
  }
}

/** A create with the marker as its Idempotency-Key, so that repetitions are one request. */
export function createOnce<T>(client: Client, marker: string): Promise<Reply<T>> {
  return client.with({ 'idempotency-key': marker }).post<T>('/tasks', { title: `marker ${marker}` });
}

/** A delay of up to 5 ms, so that kills hit every phase of a request. */
export function phase(random: () => number): Promise<void> {
  return delay(random() * 5);
}
