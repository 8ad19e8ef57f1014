import { integer, optional } from './setting.js';

const MOST = 100_000_000;

/** Requests in a minute, over all instances; 0 is no limit. */
export const limitSettings = {
  RATE_LIMIT_PER_ADDRESS: optional<number>({
    about:
      'Requests that one address may send in a minute, with a credential or without, all instances together; 0 is no ' +
      'limit. Defaults to 12000, an office of agents, and to 600000 with the embedded PostgreSQL, which only this machine ' +
      'reaches. Behind a proxy set TRUSTED_PROXIES, or all clients have one address.',
    example: '12000',
    parse: integer(0, MOST),
  }),
  RATE_LIMIT_PER_USER: optional<number>({
    about:
      'Requests that one user may send in a minute with all keys, logins and service accounts together; 0 is no limit. ' +
      'Defaults to 12000, and to 600000 with the embedded PostgreSQL. A bulk request counts as one, and the whole minute ' +
      'may be spent at once.',
    example: '12000',
    parse: integer(0, MOST),
  }),
  RATE_LIMIT_PER_CREDENTIAL: optional<number>({
    about:
      'Requests that one key or login may send in a minute; 0 is no limit. Defaults to 6000, so that one program that runs ' +
      'away leaves its user the rest, and to 600000 with the embedded PostgreSQL.',
    example: '6000',
    parse: integer(0, MOST),
  }),
  RATE_LIMIT_PER_INGEST_KEY: optional<number>({
    about:
      'Requests that an ingest key without its own limit may send in a minute; 0 is no limit. Defaults to 6000, ' +
      'and to 600000 with the embedded PostgreSQL.',
    example: '6000',
    parse: integer(0, MOST),
  }),
  RATE_LIMIT_SIGN_IN_PER_ADDRESS: {
    about:
      'Requests to sign in, refresh, log out or change a password that one address may send in a minute; 0 is no limit. ' +
      'They count as requests of the address too. A browser refreshes four times an hour.',
    example: '120',
    fallback: 120,
    parse: integer(0, MOST),
  },
} as const;
