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

type Kind = 'credential' | 'address';

/** Milliseconds that a request waits for a grant before the instance limits on its own (BudgetGrants). */
const LEDGER_WITHIN_MS = 500;

const POLICIES: Readonly<Record<Kind, string>> = { credential: '"credential"', address: '"address"' };

/** Every customer has at least a /64 of IPv6, so a client could use any address in it. */
const IPV6_PREFIX_BYTES = 8;

/** What counts as one address: an IPv4 address, or the /64 network of an IPv6 address. */
export function addressSubject(ip: string): string {
  if (!ip.includes(':')) return ip;
  const address = ipaddr.process(ip);
  if (address.kind() === 'ipv4') return address.toString();
  return Buffer.from(address.toByteArray().slice(0, IPV6_PREFIX_BYTES)).toString('hex');
}

/** The fields of the IETF draft in both forms, and the older names. */
function headersOf(kind: Kind, { limit, remaining, resetSeconds }: Verdict): Record<string, string> {
  const policy = POLICIES[kind];
  const [most, left, reset] = [String(limit), String(remaining), String(resetSeconds)];
  return {
    'ratelimit-policy': `${policy};q=${most};w=${PERIOD_MS / 1000}`,
    ratelimit: `${policy};r=${left};t=${reset}`,
    'ratelimit-limit': most,
    'ratelimit-remaining': left,
    'ratelimit-reset': reset,
    'x-ratelimit-limit': most,
    'x-ratelimit-remaining': left,
    'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + resetSeconds),
  };
}

/**
 * Limits requests per minute: by credential when it is valid, else by address. An address without budget cannot make the
 * service look guessed credentials up either.
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
    for (const kind of ['credential', 'address']) this.#limited.inc({ kind }, 0);
    const ledger = redis.configured ? new RedisLedger(redis) : new PostgresLedger(database, LEDGER_WITHIN_MS);
    const shared = new BudgetGrants(ledger, (outcome, claims) => grants.inc({ outcome }, claims));
    const limiter = (kind: Kind, limit: number): RateLimiter | null =>
      limit === 0 ? null : new RateLimiter(limit, kind, shared);
    this.#limiters = {
      credential: limiter('credential', config.rateLimits.credential),
      address: limiter('address', config.rateLimits.address),
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
    const { credential, address } = this.#limiters;
    if (!credential && !address) return;
    server.addHook('onRequest', (request, reply, done) => {
      if (request.routeOptions.config.isProbe === true) {
        done();
        return;
      }
      const { identity } = request.state;
      const kind: Kind = identity ? 'credential' : 'address';
      const verdict = this.#limiters[kind]?.admit(identity?.credentialId ?? addressSubject(request.ip));
      if (!verdict) done();
      else if (verdict instanceof Promise) verdict.then((later) => this.#tell(kind, later, reply, done), done);
      else this.#tell(kind, verdict, reply, done);
    });
  }

  #tell(kind: Kind, verdict: Verdict, reply: FastifyReply, done: (error?: Error) => void): void {
    if (verdict.allowed) {
      reply.headers(headersOf(kind, verdict));
      done();
    } else done(this.#refusal(kind, verdict));
  }

  #refusal(kind: Kind, verdict: Verdict): Fault {
    this.#limited.inc({ kind });
    const reset = String(verdict.resetSeconds);
    return new Fault('RATE_LIMITED', `The budget of ${verdict.limit} requests a minute is used up.`, {
      headers: { ...headersOf(kind, verdict), 'retry-after': reset },
    });
  }
}
