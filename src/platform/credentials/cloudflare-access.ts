import { Inject, Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { IncomingHttpHeaders } from 'node:http';
import { Passport } from 'passport';
import type { StrategyOptionsWithoutRequest } from 'passport-jwt';
import { Strategy } from 'passport-jwt';
import { Counter } from 'prom-client';
import type { CloudflareAccess as Settings } from '../config/cloudflare-config.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { Fault } from '../faults/fault.js';
import { Metrics } from '../telemetry/metrics.js';
import { KeySet } from './key-set.js';
import { sha256 } from './secrets.js';

const STRATEGY = 'cloudflare-access';
/** Seconds that the clocks of Cloudflare and of this machine may differ. */
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

type RequestHandler = (
  request: { readonly headers: IncomingHttpHeaders },
  response: undefined,
  onError: (error: unknown) => void,
) => void;

type Claims = Omit<Assertion, 'issuer' | 'digest'>;

/** The token that the edge adds to each request; its cookie for requests that a browser sends past the edge's rewriting. */
export function accessTokenOf(headers: IncomingHttpHeaders): string | null {
  const header = headers['cf-access-jwt-assertion'];
  if (typeof header === 'string' && header !== '') return header;
  const cookie = /(?:^|;\s*)CF_Authorization=([^;\s]+)/.exec(headers.cookie ?? '');
  return cookie?.[1] ?? null;
}

/** What a payload names. Null for one that names nobody, or that is not the token of an application. */
function claimsOf(payload: Readonly<Record<string, unknown>>): Claims | null {
  const { type, sub, email, name, common_name: client, exp, iat } = payload;
  if (type !== 'app' || typeof exp !== 'number' || typeof iat !== 'number' || typeof sub !== 'string') return null;
  const expiresAt = exp * 1000;
  if (typeof client === 'string' && client !== '') {
    // A service token names its client and no person. With both, it is unclear who is asking.
    if (sub !== '' || email !== undefined) return null;
    return { subject: `service-token:${client}`, email: null, name: null, expiresAt };
  }
  if (sub === '' || typeof email !== 'string' || !email.includes('@')) return null;
  return { subject: sub, email, name: typeof name === 'string' ? name : null, expiresAt };
}

function keyIdOf(token: string): string | null {
  try {
    const header = JSON.parse(Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString()) as { kid?: unknown };
    return typeof header.kid === 'string' ? header.kid : null;
  } catch {
    return null;
  }
}

function strategyOf({ issuer, audiences }: Settings, keys: KeySet): Strategy {
  const options: StrategyOptionsWithoutRequest = {
    jwtFromRequest: ({ headers }: { readonly headers: IncomingHttpHeaders }) => accessTokenOf(headers),
    secretOrKeyProvider: (_request, token: string, done) => {
      // Without a key, jsonwebtoken would have to refuse the token; it never gets to see it.
      const id = keyIdOf(token);
      const found = id === null ? Promise.resolve(null) : keys.find(id);
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
  readonly #passport = new Passport();
  // Keyed by the hash, so that a memory dump contains no usable token.
  readonly #remembered = new LRUCache<string, Assertion>({ max: REMEMBERED_MAX, ttl: REMEMBERED_MS });

  constructor(@Inject(CONFIG) config: Config, { registry }: Metrics) {
    this.settings = config.cloudflare;
    if (!this.settings) return;
    const reads = new Counter({
      name: 'taskmaster_access_key_set_reads_total',
      help: 'Readings of the keys of Cloudflare Access.',
      labelNames: ['outcome'],
      registers: [registry],
    });
    for (const outcome of ['succeeded', 'failed']) reads.inc({ outcome }, 0);
    const keys = new KeySet(`${this.settings.issuer}/cdn-cgi/access/certs`, {
      onRead: (outcome, error) => {
        reads.inc({ outcome });
        if (outcome === 'failed') this.#logger.warn({ error }, 'the keys of Cloudflare Access cannot be read');
      },
    });
    this.#passport.use(STRATEGY, strategyOf(this.settings, keys));
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
    const claims = await this.#authenticate(headers);
    if (!claims || !this.settings) throw new Fault('UNAUTHENTICATED', 'The token of Cloudflare Access is not valid.');
    return { ...claims, issuer: this.settings.issuer, digest };
  }

  #authenticate(headers: IncomingHttpHeaders): Promise<Claims | null> {
    return new Promise((resolve, reject) => {
      // passport-jwt reports the failure to get a key like that of a token: as the reason of a refusal.
      const onResult = (error: Error | null, claims: Claims | false, reason: unknown): void => {
        if (error) reject(error);
        else if (reason instanceof Fault) reject(reason);
        else resolve(claims || null);
      };
      const authenticate = this.#passport.authenticate(STRATEGY, { session: false }, onResult) as RequestHandler;
      authenticate({ headers }, undefined, reject);
    });
  }
}
