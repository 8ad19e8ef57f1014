import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Environment } from './settings.js';

/** The listener of the API. */
export interface ApiConfig {
  readonly host: string;
  readonly port: number;
  readonly corsOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  /** Undefined where TLS ends in front of the service. */
  readonly tls: TlsFiles | undefined;
  /** Milliseconds between being not ready and closing the listener, at a shutdown. */
  readonly drainMs: number;
}

/** The certificate of the listener, as it was at the start. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
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
    tls: tlsOf(environment),
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

function tlsOf({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile }: Environment): TlsFiles | undefined {
  if (certFile === undefined || keyFile === undefined) return undefined;
  return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

export function tlsProblems(environment: Environment): string[] {
  const { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile } = environment;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    return ['TLS_CERT_FILE and TLS_KEY_FILE are needed together.'];
  }
  try {
    createSecureContext(tlsOf(environment));
    return [];
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (path !== undefined) {
      return [`${path === certFile ? 'TLS_CERT_FILE' : 'TLS_KEY_FILE'} cannot be read (${code ?? 'unknown'}).`];
    }
    return [
      'TLS_CERT_FILE and TLS_KEY_FILE must be PEM files with a certificate and its private key without a password.',
    ];
  }
}
