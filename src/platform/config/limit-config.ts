import type { Environment } from './settings.js';

/** Requests per minute; 0 means no limit. */
export interface RateLimits {
  readonly address: number;
  readonly user: number;
  readonly credential: number;
  readonly ingest: number;
  readonly signIn: number;
}

/** Nobody but the programs of this machine reaches the embedded mode, and a limit would only stop their owner. */
const EMBEDDED = 600_000;

export function rateLimitsOf(environment: Environment, embedded: boolean): RateLimits {
  const usual = (given: number | undefined, fallback: number): number => given ?? (embedded ? EMBEDDED : fallback);
  return {
    address: usual(environment.RATE_LIMIT_PER_ADDRESS, 12_000),
    user: usual(environment.RATE_LIMIT_PER_USER, 12_000),
    credential: usual(environment.RATE_LIMIT_PER_CREDENTIAL, 6_000),
    ingest: usual(environment.RATE_LIMIT_PER_INGEST_KEY, 6_000),
    signIn: environment.RATE_LIMIT_SIGN_IN_PER_ADDRESS,
  };
}
