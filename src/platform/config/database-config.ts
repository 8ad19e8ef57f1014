import { readFileSync } from 'node:fs';
import type { Environment } from './settings.js';

/** A login of PostgreSQL. */
export interface DatabaseLogin {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly user: string;
  readonly password: string | undefined;
  readonly ssl:
    false | { readonly rejectUnauthorized: boolean; readonly ca: string | undefined; readonly checkHost: boolean };
}

/** The connections of one instance. */
export interface PoolConfig {
  readonly max: number;
  readonly min: number;
  readonly acquireTimeoutMs: number;
  readonly readHosts: readonly { readonly host: string; readonly port: number }[];
}

type SslMode = Environment['DB_SSL_MODE'];

function sslOf(mode: SslMode, rootCert: string | undefined): DatabaseLogin['ssl'] {
  if (mode === 'disable') return false;
  const ca = rootCert === undefined ? undefined : readFileSync(rootCert, 'utf8');
  return { rejectUnauthorized: mode !== 'require', ca, checkHost: mode === 'verify-full' };
}

export function loginOf(url: string, environment: Environment): DatabaseLogin {
  const parsed = new URL(url);
  const mode = (parsed.searchParams.get('sslmode') ?? environment.DB_SSL_MODE) as SslMode;
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, '') || 'localhost',
    port: parsed.port === '' ? 5432 : Number(parsed.port),
    name: decodeURIComponent(parsed.pathname.slice(1)),
    user: decodeURIComponent(parsed.username) || environment.DB_USER,
    password: decodeURIComponent(parsed.password) || environment.DB_PASSWORD,
    ssl: sslOf(mode, environment.DB_SSL_ROOT_CERT),
  };
}

export function databaseOf(environment: Environment): DatabaseLogin | undefined {
  if (environment.DATABASE_URL !== undefined) return loginOf(environment.DATABASE_URL, environment);
  if (environment.DB_HOST === undefined) return undefined;
  return {
    host: environment.DB_HOST,
    port: environment.DB_PORT,
    name: environment.DB_NAME,
    user: environment.DB_USER,
    password: environment.DB_PASSWORD,
    ssl: sslOf(environment.DB_SSL_MODE, environment.DB_SSL_ROOT_CERT),
  };
}

export function migrationDatabaseOf(environment: Environment): DatabaseLogin | undefined {
  const url = environment.MIGRATION_DATABASE_URL;
  return url === undefined ? undefined : loginOf(url, environment);
}

function readHostOf(text: string, fallbackPort: number): { host: string; port: number } {
  const colon = text.lastIndexOf(':');
  return colon === -1
    ? { host: text, port: fallbackPort }
    : { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

export function poolsOf(environment: Environment, port: number): PoolConfig {
  return {
    max: environment.DB_POOL_MAX,
    min: environment.DB_POOL_MIN,
    acquireTimeoutMs: environment.DB_ACQUIRE_TIMEOUT_MS,
    readHosts: environment.DB_READ_HOSTS.map((text) => readHostOf(text, port)),
  };
}
