import type { Environment } from './settings.js';

/** The listener of the API. */
export interface ApiConfig {
  readonly host: string;
  readonly port: number;
  readonly corsOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  /** Milliseconds between being not ready and closing the listener, at a shutdown. */
  readonly drainMs: number;
}

/** Limits of the HTTP server. */
export interface HttpConfig {
  /** Bytes of request bodies in memory. */
  readonly bodyBytesMax: number;
  readonly anonymousBytesMax: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
}

export function apiOf(environment: Environment, embedded: boolean): ApiConfig {
  return {
    host: environment.API_HOST ?? (embedded ? '127.0.0.1' : '0.0.0.0'),
    port: environment.API_PORT,
    corsOrigins: environment.CORS_ORIGIN ?? environment.CORS_ORIGINS ?? [],
    trustedProxies: environment.TRUSTED_PROXIES,
    drainMs: environment.TASKMASTER_DRAIN_MS ?? (embedded ? 0 : 5_000),
  };
}

export function httpOf(environment: Environment): HttpConfig {
  return {
    bodyBytesMax: environment.HTTP_BODY_BYTES_MAX,
    anonymousBytesMax: environment.HTTP_ANONYMOUS_BYTES_MAX,
    headersTimeoutMs: environment.HTTP_HEADERS_TIMEOUT_MS,
    requestTimeoutMs: environment.HTTP_REQUEST_TIMEOUT_MS,
    keepAliveTimeoutMs: environment.HTTP_KEEP_ALIVE_TIMEOUT_MS,
  };
}
