import { Inject, Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { IncomingHttpHeaders } from 'node:http';
import type { StrategyOptionsWithoutRequest } from 'passport-jwt';
import { Strategy } from 'passport-jwt';
import type { Registry } from 'prom-client';
import { Counter } from 'prom-client';
import type { CloudflareAccess as Settings } from '../config/cloudflare-config.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { Fault } from '../faults/fault.js';
import { Metrics } from '../telemetry/metrics.js';
import { Tracing } from '../telemetry/tracing.js';
import { KeySet } from './key-set.js';
import { sha256 } from './secrets.js';
import type { VerifyToken } from './token-verifier.js';
import { keyIdOf, tokenVerifier } from './token-verifier.js';

/** Seconds that the clock of Cloudflare may be ahead of this machine's: a new token is valid from the moment of its signature. */
const CLOCK_TOLERANCE = 30;
/** Milliseconds that a verified token is not verified again. */
const REMEMBERED_MS = 60_000;
const REMEMBERED_MAX = 10_000;

/** The person or the machine for whom Access has signed a token. */
export interface Assertion {
  readonly issuer: string;
  /** The `sub` of a person; `service-token:` and the client id of a service token. */
  readonly subject: string;
  /** Null for a service token. */
  readonly email: string | null;
  readonly name: string | null;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** SHA-256 of the token. */
  readonly digest: Buffer;
}

type Claims = Omit<Assertion, 'issuer' | 'digest'>;

/** The token of Access. The edge adds it to each request as a header, and a browser holds it as a cookie. */
export function accessTokenOf(headers: IncomingHttpHeaders): string | null {
  const header = headers['cf-access-jwt-assertion'];
  if (typeof header === 'string' && header !== '') return header;
  const cookie = /(?:^|;\s*)CF_Authorization=([^;\s]+)/.exec(headers.cookie ?? '');
  return cookie?.[1] ?? null;
}

/** Longer texts, and control characters, are in no token of Access; the columns that hold them have these limits. */
const SUBJECT_MAX = 200;
const EMAIL_MAX = 255;
const isPlainText = (value: unknown, max: number): value is string =>
  typeof value === 'string' && /\S/.test(value) && value.length <= max && !/\p{Cc}/u.test(value);

/** What a payload names. Null for one that names nobody, or that is not the token of an application. */
function claimsOf(payload: Readonly<Record<string, unknown>>): Claims | null {
  const { type, sub, email, name, common_name: client, exp, iat } = payload;
  if (type !== 'app' || typeof exp !== 'number' || typeof iat !== 'number' || typeof sub !== 'string') return null;
  const expiresAt = exp * 1000;
  if (isPlainText(client, SUBJECT_MAX)) {
    // A service token names its client and no person. With both, it is unclear who is asking.
    if (sub !== '' || email !== undefined) return null;
    return { subject: `service-token:${client}`, email: null, name: null, expiresAt };
  }
  if (!isPlainText(sub, SUBJECT_MAX) || !isPlainText(email, EMAIL_MAX) || !email.includes('@')) return null;
  return { subject: sub, email, name: isPlainText(name, EMAIL_MAX) ? name : null, expiresAt };
}

function strategyOf({ issuer, audiences }: Settings, keys: KeySet): Strategy {
  const options: StrategyOptionsWithoutRequest = {
    jwtFromRequest: ({ headers }: { readonly headers: IncomingHttpHeaders }) => accessTokenOf(headers),
    secretOrKeyProvider: (_request, token: string, done) => {
      // Without a key, jsonwebtoken throws on a token of RS256, outside of any promise.
      const id = keyIdOf(token);
      const found = typeof id === 'string' ? keys.find(id) : Promise.resolve(null);
      found.then(
        // passport-jwt hands the key on to jsonwebtoken, which takes key objects; its types know texts only.
        (key) => (key ? done(null, key as unknown as string) : done(new Error('unknown key'))),
        (error: unknown) => done(error),
      );
    },
    algorithms: ['RS256'],
    issuer,
    audience: [...audiences],
    // The types mark it as deprecated where they mean the options beside it; there is no other way to state a tolerance.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    jsonWebTokenOptions: { clockTolerance: CLOCK_TOLERANCE },
  };
  return new Strategy(options, (payload: Record<string, unknown>, done) => done(null, claimsOf(payload) ?? false));
}

/**
 * Verifies the tokens that Cloudflare Access adds to requests. Nothing else that the edge sends is believed: an address or a
 * name in a CF-* header can come from anybody who reaches the service directly.
 */
@Injectable()
export class CloudflareAccess {
  readonly settings: Settings | undefined;
  readonly #logger = new Logger(CloudflareAccess.name);
  readonly #verifyToken: VerifyToken<Claims> | null;
  // Keyed by the hash, so that a memory dump contains no usable token.
  readonly #remembered = new LRUCache<string, Assertion>({ max: REMEMBERED_MAX, ttl: REMEMBERED_MS });

  constructor(
    @Inject(CONFIG) config: Config,
    { registry }: Metrics,
    private readonly tracing: Tracing,
  ) {
    this.settings = config.cloudflare;
    this.#verifyToken = this.settings
      ? tokenVerifier(strategyOf(this.settings, this.#keySet(this.settings, registry)))
      : null;
  }

  #keySet({ issuer }: Settings, registry: Registry): KeySet {
    const reads = new Counter({
      name: 'taskmaster_access_key_set_reads_total',
      help: 'Readings of the keys of Cloudflare Access.',
      labelNames: ['outcome'],
      registers: [registry],
    });
    for (const outcome of ['succeeded', 'failed']) reads.inc({ outcome }, 0);
    const url = `${issuer}/cdn-cgi/access/certs`;
    return new KeySet(url, {
      ask: (...request) =>
        this.tracing.outbound(
          { name: 'read keys of Cloudflare Access', method: 'GET', url },
          () => fetch(...request),
          ({ status }) => status,
        ),
      onRead: (outcome, error) => {
        reads.inc({ outcome });
        if (outcome === 'failed') this.#logger.warn({ error }, 'the keys of Cloudflare Access cannot be read');
      },
    });
  }

  /**
   * Refuses a request without a valid token if the configuration requires one.
   * @throws Fault UNAUTHENTICATED, IDENTITY_PROVIDER_UNAVAILABLE
   */
  async admit(headers: IncomingHttpHeaders): Promise<void> {
    if (!this.settings?.isRequired) return;
    if (!(await this.verify(headers))) {
      throw new Fault('UNAUTHENTICATED', 'This service answers only through Cloudflare Access.');
    }
  }

  /**
   * What the token in the headers asserts, synchronously when it was verified lately; null without a token.
   * @throws Fault UNAUTHENTICATED for a token that is not valid here, IDENTITY_PROVIDER_UNAVAILABLE
   */
  verify(headers: IncomingHttpHeaders): Assertion | null | Promise<Assertion> {
    const token = this.settings ? accessTokenOf(headers) : null;
    if (token === null) return null;
    const digest = sha256(token);
    const name = digest.toString('base64');
    const known = this.#remembered.get(name);
    if (known && known.expiresAt > Date.now()) return known;
    return this.#verifyOnce(headers, digest).then((assertion) => {
      this.#remembered.set(name, assertion);
      return assertion;
    });
  }

  async #verifyOnce(headers: IncomingHttpHeaders, digest: Buffer): Promise<Assertion> {
    const claims = await this.#verifyToken?.(headers);
    if (!claims || !this.settings) throw new Fault('UNAUTHENTICATED', 'The token of Cloudflare Access is not valid.');
    return { ...claims, issuer: this.settings.issuer, digest };
  }
}
