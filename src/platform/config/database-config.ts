import { readFileSync } from 'node:fs';
import type { SslMode } from './setting.js';
import type { Environment } from './settings.js';

/** False without TLS. */
type Ssl =
  false | { readonly rejectUnauthorized: boolean; readonly ca: string | undefined; readonly checkHost: boolean };

/** A login of PostgreSQL. */
export interface DatabaseLogin {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly user: string;
  readonly password: string | undefined;
  readonly ssl: Ssl;
}

/** The connections of one instance. */
export interface PoolConfig {
  readonly max: number;
  readonly min: number;
  readonly acquireTimeoutMs: number;
  readonly readHosts: readonly Pick<DatabaseLogin, 'host' | 'port' | 'ssl'>[];
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/** Whether nobody is between the service and this host: a loopback address or the folder of a socket. */
function isLocal(host: string): boolean {
  return host.startsWith('/') || LOOPBACK.test(host);
}

function sslOf(host: string, given: SslMode | undefined, { DB_SSL_ROOT_CERT: rootCert }: Environment): Ssl {
  const mode = given ?? (isLocal(host) ? 'disable' : 'verify-full');
  if (mode === 'disable') return false;
  const ca = rootCert === undefined ? undefined : readFileSync(rootCert, 'utf8');
  return { rejectUnauthorized: mode !== 'require', ca, checkHost: mode === 'verify-full' };
}

/** The configuration accepts only modes that are known. */
function sslModeOf(url: string): SslMode | undefined {
  return (new URL(url).searchParams.get('sslmode') ?? undefined) as SslMode | undefined;
}

export function loginOf(url: string, environment: Environment): DatabaseLogin {
  const parsed = new URL(url);
  const host = parsed.hostname.replace(/^\[|\]$/g, '') || 'localhost';
  return {
    host,
    port: parsed.port === '' ? 5432 : Number(parsed.port),
    name: decodeURIComponent(parsed.pathname.slice(1)),
    user: decodeURIComponent(parsed.username) || environment.DB_USER,
    password: decodeURIComponent(parsed.password) || environment.DB_PASSWORD,
    ssl: sslOf(host, sslModeOf(url) ?? environment.DB_SSL_MODE, environment),
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
    ssl: sslOf(environment.DB_HOST, environment.DB_SSL_MODE, environment),
  };
}

export function migrationDatabaseOf(environment: Environment): DatabaseLogin | undefined {
  const url = environment.MIGRATION_DATABASE_URL;
  return url === undefined ? undefined : loginOf(url, environment);
}

function readHostOf(text: string, fallbackPort: number, environment: Environment): PoolConfig['readHosts'][number] {
  const { DATABASE_URL: url, DB_SSL_MODE: mode } = environment;
  const colon = text.lastIndexOf(':');
  const host = colon === -1 ? text : text.slice(0, colon);
  return {
    host,
    port: colon === -1 ? fallbackPort : Number(text.slice(colon + 1)),
    ssl: sslOf(host, (url === undefined ? undefined : sslModeOf(url)) ?? mode, environment),
  };
}

export function poolsOf(environment: Environment, port: number): PoolConfig {
  return {
    max: environment.DB_POOL_MAX,
    min: environment.DB_POOL_MIN,
    acquireTimeoutMs: environment.DB_ACQUIRE_TIMEOUT_MS,
    readHosts: environment.DB_READ_HOSTS.map((text) => readHostOf(text, port, environment)),
  };
}
