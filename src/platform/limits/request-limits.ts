import { Inject, Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { Counter } from 'prom-client';
import { RedisLink } from '../brokers/redis-link.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { Database } from '../database/database.js';
import { Fault } from '../faults/fault.js';
import { Metrics } from '../telemetry/metrics.js';
import { BudgetGrants } from './budget-grants.js';
import { PERIOD_MS } from './budget-ledger.js';
import { PostgresLedger } from './postgres-ledger.js';
import type { Verdict } from './rate-limiter.js';
import { RateLimiter } from './rate-limiter.js';
import { RedisLedger } from './redis-ledger.js';

/** Whose requests a budget counts. */
const KINDS = ['address', 'signIn', 'user', 'credential', 'ingest'] as const;
type Kind = (typeof KINDS)[number];

/** Milliseconds that a request waits for a grant before the instance limits on its own (BudgetGrants). */
const LEDGER_WITHIN_MS = 500;

const POLICIES: Readonly<Record<Kind, string>> = {
  address: '"address"',
  signIn: '"sign-in"',
  user: '"user"',
  credential: '"credential"',
  ingest: '"ingest-key"',
};

/** A budget that a request is taken from, with its own limit where it has one. */
interface Budget {
  readonly kind: Kind;
  readonly subject: string;
  readonly limit: number | undefined;
}

interface Judged {
  readonly kind: Kind;
  readonly verdict: Verdict;
}

/** Where people sign in and change their password. Other public routes that take a body count alike. */
const SIGN_IN_PATHS = '/api/v1/auth/';

/** Every customer has at least a /64 of IPv6, so a client could use any address in it. */
const IPV6_PREFIX_BYTES = 8;

/** What counts as one address: an IPv4 address, or the /64 network of an IPv6 address. */
export function addressSubject(ip: string): string {
  if (!ip.includes(':')) return ip;
  const address = ipaddr.process(ip);
  if (address.kind() === 'ipv4') return address.toString();
  return Buffer.from(address.toByteArray().slice(0, IPV6_PREFIX_BYTES)).toString('hex');
}

/** The fields of the IETF draft name every budget; the older ones have room for one, that with the fewest requests left. */
function headersOf(judged: readonly Judged[]): Record<string, string> {
  const [tightest, ...others] = judged;
  if (!tightest) return {};
  const { limit, remaining, resetSeconds } = others.reduce(
    (least, { verdict }) => (verdict.remaining < least.remaining ? verdict : least),
    tightest.verdict,
  );
  const [most, left, reset] = [String(limit), String(remaining), String(resetSeconds)];
  return {
    'ratelimit-policy': judged
      .map(({ kind, verdict }) => `${POLICIES[kind]};q=${verdict.limit};w=${PERIOD_MS / 1000}`)
      .join(', '),
    ratelimit: judged
      .map(({ kind, verdict }) => `${POLICIES[kind]};r=${verdict.remaining};t=${verdict.resetSeconds}`)
      .join(', '),
    'ratelimit-limit': most,
    'ratelimit-remaining': left,
    'ratelimit-reset': reset,
    'x-ratelimit-limit': most,
    'x-ratelimit-remaining': left,
    'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + resetSeconds),
  };
}

/**
 * Limits requests per minute: by address, and with a valid credential also by user and by credential. Requests to sign in have
 * a further limit by address. An address without budget cannot make the service look guessed credentials up either.
 */
@Injectable()
export class RequestLimits {
  readonly #limiters: Readonly<Record<Kind, RateLimiter | null>>;
  readonly #limited: Counter;

  constructor(@Inject(CONFIG) config: Config, database: Database, redis: RedisLink, { registry }: Metrics) {
    const grants = new Counter({
      name: 'taskmaster_rate_limit_leases_total',
      help: 'Shares of request budgets that this instance took: shared with the others, or alone because they could not be reached.',
      labelNames: ['outcome'],
      registers: [registry],
    });
    for (const outcome of ['shared', 'alone']) grants.inc({ outcome }, 0);
    this.#limited = new Counter({
      name: 'taskmaster_rate_limited_requests_total',
      help: 'Requests refused with 429, by whose budget was used up.',
      labelNames: ['kind'],
      registers: [registry],
    });
    for (const kind of KINDS) this.#limited.inc({ kind }, 0);
    const ledger = redis.configured ? new RedisLedger(redis) : new PostgresLedger(database, LEDGER_WITHIN_MS);
    const shared = new BudgetGrants(ledger, (outcome, claims) => grants.inc({ outcome }, claims));
    const limiter = (kind: Kind, limit: number): RateLimiter | null =>
      limit === 0 ? null : new RateLimiter(limit, kind, shared);
    const { rateLimits } = config;
    this.#limiters = {
      address: limiter('address', rateLimits.address),
      signIn: limiter('signIn', rateLimits.signIn),
      user: limiter('user', rateLimits.user),
      credential: limiter('credential', rateLimits.credential),
      ingest: limiter('ingest', rateLimits.ingest),
    };
  }

  /**
   * Runs before an unknown credential is looked up.
   * @throws Fault RATE_LIMITED
   */
  refuseGuesses(request: FastifyRequest): void {
    const known = this.#limiters.address?.peek(addressSubject(request.ip));
    if (known?.allowed === false) throw this.#refusal('address', known);
  }

  install(server: FastifyInstance): void {
    server.addHook('onRoute', (route) => {
      const config = (route.config ??= {});
      const isSignIn = config.isPublic === true || route.url.startsWith(SIGN_IN_PATHS);
      if (route.method === 'POST' && isSignIn) config.isSignIn = true;
    });
    if (Object.values(this.#limiters).every((limiter) => limiter === null)) return;
    server.addHook('onRequest', (request, reply, done) => {
      const judged = request.routeOptions.config.isProbe === true ? [] : this.#judge(request);
      if (judged instanceof Promise) judged.then((later) => this.#tell(later, reply, done), done);
      else this.#tell(judged, reply, done);
    });
  }

  #budgetsOf({ state: { identity }, ip, routeOptions }: FastifyRequest): Budget[] {
    const subject = addressSubject(ip);
    const budgets: Budget[] = [{ kind: 'address', subject, limit: undefined }];
    if (routeOptions.config.isSignIn === true) budgets.push({ kind: 'signIn', subject, limit: undefined });
    if (identity?.ingest) {
      const limit = identity.ingest.requestsPerMinute ?? undefined;
      budgets.push({ kind: 'ingest', subject: identity.credentialId, limit });
    } else if (identity) {
      budgets.push({ kind: 'user', subject: identity.limitedAs, limit: undefined });
      budgets.push({ kind: 'credential', subject: identity.credentialId, limit: undefined });
    }
    return budgets;
  }

  /** Takes the request from all of its budgets at once, so that those that need a grant share one call. */
  #judge(request: FastifyRequest): readonly Judged[] | Promise<readonly Judged[]> {
    const judged: Judged[] = [];
    const waiting: Promise<unknown>[] = [];
    for (const { kind, subject, limit } of this.#budgetsOf(request)) {
      const verdict = this.#limiters[kind]?.admit(subject, limit);
      if (verdict instanceof Promise) {
        waiting.push(verdict.then((later) => judged.push({ kind, verdict: later })));
      } else if (verdict) judged.push({ kind, verdict });
    }
    return waiting.length === 0 ? judged : Promise.all(waiting).then(() => judged);
  }

  #tell(judged: readonly Judged[], reply: FastifyReply, done: (error?: Error) => void): void {
    const refused = judged.find(({ verdict }) => !verdict.allowed);
    if (refused) {
      done(this.#refusal(refused.kind, refused.verdict));
      return;
    }
    if (judged.length > 0) reply.headers(headersOf(judged));
    done();
  }

  #refusal(kind: Kind, verdict: Verdict): Fault {
    this.#limited.inc({ kind });
    const reset = String(verdict.resetSeconds);
    return new Fault('RATE_LIMITED', `The budget of ${verdict.limit} requests a minute is used up.`, {
      headers: { ...headersOf([{ kind, verdict }]), 'retry-after': reset },
    });
  }
}
