import type { JsonWebKey, KeyObject } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../faults/fault.js';

/** Milliseconds after which a key set is read again, in the background: a key that was withdrawn stops working within this. */
const REFRESH_MS = 10 * 60_000;
/**
 * Milliseconds that keys are used while the issuer cannot be reached. Cloudflare changes its key every six weeks and accepts
 * the one before for seven more days.
 */
const STALE_MS = 24 * 60 * 60_000;
/** Milliseconds between two readings at least, so that tokens with invented key ids cannot make the service flood the issuer. */
const PAUSE_MS = 1_000;
const ANSWER_MS = 5_000;
const ANSWER_MAX = 262_144;

interface KeySetOptions {
  /** The clock, in milliseconds. */
  readonly now?: () => number;
  /** Sends the request; by default with `fetch`. */
  readonly ask?: typeof fetch;
  readonly onRead?: (outcome: 'succeeded' | 'failed', error?: unknown) => void;
}

/**
 * The keys that an issuer publishes (RFC 7517). A token of a key that is not known yet waits for the next reading instead of
 * being refused, so a rotation refuses no valid token.
 */
export class KeySet {
  #keys: ReadonlyMap<string, KeyObject> = new Map();
  #readAt = -Infinity;
  #askedAt = -Infinity;
  #reading: Promise<void> | null = null;

  constructor(
    private readonly url: string,
    private readonly options: KeySetOptions = {},
  ) {}

  /**
   * The key with this id; null when the issuer does not publish it.
   * @throws Fault IDENTITY_PROVIDER_UNAVAILABLE when the issuer cannot be asked and nothing recent is known
   */
  async find(id: string): Promise<KeyObject | null> {
    const age = this.#now() - this.#readAt;
    const key = age < STALE_MS ? this.#keys.get(id) : undefined;
    if (key) {
      if (age >= REFRESH_MS) void this.#read().catch(() => undefined);
      return key;
    }
    await this.#read();
    return this.#keys.get(id) ?? null;
  }

  #read(): Promise<void> {
    this.#reading ??= this.#readAfterPause().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readAfterPause(): Promise<void> {
    const pause = this.#askedAt + PAUSE_MS - this.#now();
    if (pause > 0) await delay(pause);
    this.#askedAt = this.#now();
    try {
      this.#keys = await readKeys(this.url, this.options.ask ?? fetch);
      this.#readAt = this.#now();
      this.options.onRead?.('succeeded');
    } catch (error) {
      this.options.onRead?.('failed', error);
      throw new Fault('IDENTITY_PROVIDER_UNAVAILABLE', undefined, { headers: { 'retry-after': '5' }, cause: error });
    }
  }

  #now(): number {
    return this.options.now?.() ?? performance.now();
  }
}

async function readKeys(url: string, ask: typeof fetch): Promise<ReadonlyMap<string, KeyObject>> {
  const answer = await ask(url, { redirect: 'error', signal: AbortSignal.timeout(ANSWER_MS) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  const text = await answer.text();
  if (text.length > ANSWER_MAX) throw new Error(`${url} answered with more than ${ANSWER_MAX} characters`);
  const { keys } = JSON.parse(text) as { keys?: unknown };
  if (!Array.isArray(keys)) throw new Error(`${url} answered without a key set`);
  const found = (keys as JsonWebKey[]).flatMap((key) => readKey(key));
  if (found.length === 0) throw new Error(`${url} publishes no RSA key`);
  return new Map(found);
}

/** Keys of other kinds are left out: tokens are signed with RS256. */
function readKey(jwk: JsonWebKey & { kid?: unknown; use?: unknown }): [string, KeyObject][] {
  if (jwk.kty !== 'RSA' || typeof jwk.kid !== 'string' || (jwk.use !== undefined && jwk.use !== 'sig')) return [];
  return [[jwk.kid, createPublicKey({ key: jwk, format: 'jwk' })]];
}
