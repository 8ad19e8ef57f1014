import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { KafkaLogin, RateLimits, RedisLogin } from './broker-config.js';
import { kafkaOf, kafkaProblems, rateLimitsOf, redisOf } from './broker-config.js';
import type { CloudflareAccess } from './cloudflare-config.js';
import { cloudflareOf, cloudflareProblems } from './cloudflare-config.js';
import type { AccountConfig } from './mail-config.js';
import { accountsOf, mailProblems } from './mail-config.js';
import type { OauthConfig } from './oauth-config.js';
import { oauthOf, oauthProblems } from './oauth-config.js';
import type { Environment } from './settings.js';
import { readEnvironment } from './settings.js';
import type { WebhookConfig } from './webhook-config.js';
import { webhooksOf } from './webhook-config.js';

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

/** The whole configuration, read once and frozen. */
export interface Config extends AccountConfig {
  /** Undefined starts the embedded PostgreSQL. */
  readonly database: DatabaseLogin | undefined;
  readonly migrationDatabase: DatabaseLogin | undefined;
  readonly pools: {
    readonly max: number;
    readonly min: number;
    readonly acquireTimeoutMs: number;
    readonly readHosts: readonly { readonly host: string; readonly port: number }[];
  };
  readonly api: {
    readonly host: string;
    readonly port: number;
    readonly corsOrigins: readonly string[];
    readonly trustedProxies: readonly string[];
    /** Milliseconds between being not ready and closing the listener, at a shutdown. */
    readonly drainMs: number;
  };
  readonly http: {
    /** Bytes of request bodies in memory. */
    readonly bodyBytesMax: number;
    readonly anonymousBytesMax: number;
    readonly headersTimeoutMs: number;
    readonly requestTimeoutMs: number;
    readonly keepAliveTimeoutMs: number;
  };
  readonly graphql: {
    /** Enables introspection and the page to try queries. */
    readonly introspection: boolean;
    /** The file of the only documents that may run. */
    readonly trustedDocuments: string | undefined;
  };
  readonly auth: {
    readonly jwtSecret: string;
    /** Whether the secret was generated for this process, because none was given. */
    readonly isTemporary: boolean;
  };
  /** Undefined where OAuth is off. */
  readonly oauth: OauthConfig | undefined;
  /** Undefined without Cloudflare Access. */
  readonly cloudflare: CloudflareAccess | undefined;
  /** WebSocket connections. */
  readonly realtime: {
    readonly socketsMax: number;
    readonly socketsPerUserMax: number;
    /** Milliseconds between pings. A client that has not answered before the next one is cut. */
    readonly heartbeatMs: number;
    /** Milliseconds for a client to authenticate. */
    readonly authenticateMs: number;
    /** Bytes that may wait for a slow reader. */
    readonly bufferMax: number;
  };
  readonly rateLimits: RateLimits;
  readonly redis: RedisLogin | undefined;
  readonly kafka: KafkaLogin | undefined;
  readonly metrics: { readonly enabled: boolean; readonly port: number };
  /** Days. */
  readonly retention: { readonly auditDays: number; readonly eventDays: number; readonly metricsDays: number };
  readonly tasks: { readonly dueSoonHours: number };
  /** How long occurrences of errors are kept. */
  readonly errors: { readonly resolvedDays: number; readonly unresolvedDays: number };
  readonly jobs: { readonly concurrency: number };
  readonly webhooks: WebhookConfig;
  readonly logLevel: Environment['LOG_LEVEL'];
  /** Absolute path. */
  readonly dataFolder: string;
}

/** An invalid environment, with one sentence per problem. */
export class ConfigProblem extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigProblem';
  }
}

type SslMode = Environment['DB_SSL_MODE'];

function sslOf(mode: SslMode, rootCert: string | undefined): DatabaseLogin['ssl'] {
  if (mode === 'disable') return false;
  const ca = rootCert === undefined ? undefined : readFileSync(rootCert, 'utf8');
  return { rejectUnauthorized: mode !== 'require', ca, checkHost: mode === 'verify-full' };
}

function loginOf(url: string, environment: Environment): DatabaseLogin {
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

function databaseOf(environment: Environment): DatabaseLogin | undefined {
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

function readHostOf(text: string, fallbackPort: number): { host: string; port: number } {
  const colon = text.lastIndexOf(':');
  return colon === -1
    ? { host: text, port: fallbackPort }
    : { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

function poolsOf(environment: Environment, port: number): Config['pools'] {
  return {
    max: environment.DB_POOL_MAX,
    min: environment.DB_POOL_MIN,
    acquireTimeoutMs: environment.DB_ACQUIRE_TIMEOUT_MS,
    readHosts: environment.DB_READ_HOSTS.map((text) => readHostOf(text, port)),
  };
}

function apiOf(environment: Environment, embedded: boolean): Config['api'] {
  return {
    host: environment.API_HOST ?? (embedded ? '127.0.0.1' : '0.0.0.0'),
    port: environment.API_PORT,
    corsOrigins: environment.CORS_ORIGIN ?? environment.CORS_ORIGINS ?? [],
    trustedProxies: environment.TRUSTED_PROXIES,
    drainMs: environment.TASKMASTER_DRAIN_MS ?? (embedded ? 0 : 5_000),
  };
}

function httpOf(environment: Environment): Config['http'] {
  return {
    bodyBytesMax: environment.HTTP_BODY_BYTES_MAX,
    anonymousBytesMax: environment.HTTP_ANONYMOUS_BYTES_MAX,
    headersTimeoutMs: environment.HTTP_HEADERS_TIMEOUT_MS,
    requestTimeoutMs: environment.HTTP_REQUEST_TIMEOUT_MS,
    keepAliveTimeoutMs: environment.HTTP_KEEP_ALIVE_TIMEOUT_MS,
  };
}

function realtimeOf(environment: Environment): Config['realtime'] {
  return {
    socketsMax: environment.WS_SOCKETS_MAX,
    socketsPerUserMax: environment.WS_SOCKETS_PER_USER_MAX,
    heartbeatMs: environment.WS_HEARTBEAT_MS,
    authenticateMs: environment.WS_AUTHENTICATE_MS,
    bufferMax: environment.WS_BUFFER_MAX,
  };
}

function retentionOf(environment: Environment): Config['retention'] {
  return {
    auditDays: environment.AUDIT_RETENTION_DAYS,
    eventDays: environment.EVENTS_RETENTION_DAYS,
    metricsDays: environment.METRICS_RETENTION_DAYS,
  };
}

function errorsOf(environment: Environment): Config['errors'] {
  return {
    resolvedDays: environment.ERROR_RETENTION_RESOLVED_DAYS,
    unresolvedDays: environment.ERROR_RETENTION_UNRESOLVED_DAYS,
  };
}

function graphqlOf(environment: Environment, embedded: boolean): Config['graphql'] {
  return {
    introspection: environment.GRAPHQL_INTROSPECTION ?? embedded,
    trustedDocuments: environment.GRAPHQL_TRUSTED_DOCUMENTS,
  };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value) as unknown[]) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.every((item) => other.includes(item)) && other.every((item) => one.includes(item));
}

/** Problems that involve several variables. */
function problemsTogether(environment: Environment, needsSecret: boolean): string[] {
  const problems: string[] = [];
  if (needsSecret && environment.JWT_SECRET === undefined) {
    problems.push('JWT_SECRET is needed with a PostgreSQL of your own (at least 32 characters).');
  }
  if (environment.API_PORT !== 0 && environment.API_PORT === environment.METRICS_PORT) {
    problems.push('API_PORT and METRICS_PORT must differ.');
  }
  const { CORS_ORIGIN: one, CORS_ORIGINS: other } = environment;
  if (one && other && !isSameSet(one, other)) {
    problems.push('CORS_ORIGIN and CORS_ORIGINS must name the same origins when both are set.');
  }
  const of = [kafkaProblems, cloudflareProblems, mailProblems, oauthProblems];
  return [...problems, ...of.flatMap((problemsOf) => problemsOf(environment))];
}

/**
 * Reads the environment.
 * @throws ConfigProblem with all problems at once and without secrets
 */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
  options: { readonly signs?: boolean } = {},
): Config {
  const { environment, problems } = readEnvironment(env);
  const embedded = environment.DATABASE_URL === undefined && environment.DB_HOST === undefined;
  problems.push(...problemsTogether(environment, options.signs !== false && !embedded));
  if (problems.length > 0) throw new ConfigProblem(problems);
  const database = databaseOf(environment);
  // The embedded mode replaces a generated secret by that of its data folder; a constant would not be a secret.
  const jwtSecret = environment.JWT_SECRET ?? randomBytes(48).toString('base64url');
  const api = apiOf(environment, embedded);
  return deepFreeze({
    database,
    migrationDatabase:
      environment.MIGRATION_DATABASE_URL === undefined
        ? database
        : loginOf(environment.MIGRATION_DATABASE_URL, environment),
    pools: poolsOf(environment, database?.port ?? environment.DB_PORT),
    api,
    http: httpOf(environment),
    graphql: graphqlOf(environment, embedded),
    auth: { jwtSecret, isTemporary: environment.JWT_SECRET === undefined },
    ...accountsOf(environment),
    oauth: oauthOf(environment, api),
    cloudflare: cloudflareOf(environment),
    realtime: realtimeOf(environment),
    rateLimits: rateLimitsOf(environment),
    redis: redisOf(environment),
    kafka: kafkaOf(environment),
    metrics: { enabled: environment.PROMETHEUS_ENABLED, port: environment.METRICS_PORT },
    retention: retentionOf(environment),
    tasks: { dueSoonHours: environment.TASK_DUE_SOON_HOURS },
    errors: errorsOf(environment),
    jobs: { concurrency: environment.JOB_CONCURRENCY },
    webhooks: webhooksOf(environment, jwtSecret),
    logLevel: environment.LOG_LEVEL,
    dataFolder: resolve(environment.TASKMASTER_DATA),
  });
}

/** Adds the logins of the embedded PostgreSQL, and the secret of its data folder if none was given. */
export function withEmbedded(
  config: Config,
  embedded: { serviceUrl: string; superuserUrl: string; jwtSecret: string },
): Config {
  const { environment } = readEnvironment({});
  const jwtSecret = config.auth.isTemporary ? embedded.jwtSecret : config.auth.jwtSecret;
  return deepFreeze({
    ...config,
    database: loginOf(embedded.serviceUrl, environment),
    migrationDatabase: loginOf(embedded.superuserUrl, environment),
    auth: { jwtSecret, isTemporary: false },
    // A key that was given stays.
    webhooks: {
      ...config.webhooks,
      key: config.webhooks.key === config.auth.jwtSecret ? jwtSecret : config.webhooks.key,
    },
  });
}
