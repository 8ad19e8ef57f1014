import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { AuthConfig } from './auth-config.js';
import { authOf, authProblems } from './auth-config.js';
import type { KafkaLogin, RedisLogin } from './broker-config.js';
import { kafkaOf, kafkaProblems, redisOf } from './broker-config.js';
import type { CloudflareAccess } from './cloudflare-config.js';
import { cloudflareOf, cloudflareProblems } from './cloudflare-config.js';
import type { DatabaseLogin, PoolConfig } from './database-config.js';
import { databaseOf, loginOf, migrationDatabaseOf, poolsOf } from './database-config.js';
import type { ApiConfig, HttpConfig } from './http-config.js';
import { apiOf, httpOf, tlsProblems } from './http-config.js';
import type { AccountConfig } from './mail-config.js';
import { accountsOf, mailProblems } from './mail-config.js';
import { oidcProblems } from './oidc-config.js';
import { deepFreeze } from './deep-freeze.js';
import type { GrpcConfig } from './grpc-config.js';
import { grpcOf, grpcProblems } from './grpc-config.js';
import type { RateLimits } from './limit-config.js';
import { rateLimitsOf } from './limit-config.js';
import type { OauthConfig } from './oauth-config.js';
import { oauthOf, oauthProblems } from './oauth-config.js';
import type { Environment } from './settings.js';
import { readEnvironment } from './settings.js';
import type { TelemetryConfig } from './telemetry-config.js';
import { telemetryOf, tracingProblems } from './telemetry-config.js';
import type { WebhookConfig } from './webhook-config.js';
import { webhooksOf } from './webhook-config.js';

export type { DatabaseLogin } from './database-config.js';

/** The whole configuration, read once and frozen. */
export interface Config extends TelemetryConfig, AccountConfig {
  /** Undefined starts the embedded PostgreSQL. */
  readonly database: DatabaseLogin | undefined;
  readonly migrationDatabase: DatabaseLogin | undefined;
  readonly pools: PoolConfig;
  readonly api: ApiConfig;
  readonly http: HttpConfig;
  readonly graphql: {
    /** Enables introspection and the page to try queries. */
    readonly introspection: boolean;
    /** The file of the only documents that may run. */
    readonly trustedDocuments: string | undefined;
  };
  readonly auth: AuthConfig;
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
  /** Undefined without gRPC. */
  readonly grpc: GrpcConfig | undefined;
  readonly redis: RedisLogin | undefined;
  readonly kafka: KafkaLogin | undefined;
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

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.every((item) => other.includes(item)) && other.every((item) => one.includes(item));
}

/** Problems that involve several variables. */
function problemsTogether(environment: Environment, lacksSecret: boolean): string[] {
  const problems: string[] = [];
  if (lacksSecret) {
    problems.push('JWT_SECRET is needed with a PostgreSQL of your own (at least 32 characters).');
  }
  if (environment.API_PORT !== 0 && environment.API_PORT === environment.METRICS_PORT) {
    problems.push('API_PORT and METRICS_PORT must differ.');
  }
  const { CORS_ORIGIN: one, CORS_ORIGINS: other } = environment;
  if (one && other && !isSameSet(one, other)) {
    problems.push('CORS_ORIGIN and CORS_ORIGINS must name the same origins when both are set.');
  }
  const checks = [
    tlsProblems,
    authProblems,
    kafkaProblems,
    cloudflareProblems,
    tracingProblems,
    mailProblems,
    oidcProblems,
    oauthProblems,
    grpcProblems,
  ];
  problems.push(...checks.flatMap((check) => check(environment)));
  return problems;
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
  // A secret that was given and is too short has its sentence already.
  const lacksSecret = options.signs !== false && !embedded && !env['JWT_SECRET'];
  problems.push(...problemsTogether(environment, lacksSecret));
  if (problems.length > 0) throw new ConfigProblem(problems);
  const database = databaseOf(environment);
  // The embedded mode replaces a generated secret by that of its data folder; a constant would not be a secret.
  const jwtSecret = environment.JWT_SECRET ?? randomBytes(48).toString('base64url');
  const api = apiOf(environment, embedded);
  return deepFreeze({
    database,
    migrationDatabase: migrationDatabaseOf(environment) ?? database,
    pools: poolsOf(environment, database?.port ?? environment.DB_PORT),
    api,
    http: httpOf(environment),
    graphql: graphqlOf(environment, embedded),
    auth: authOf(environment, jwtSecret),
    ...accountsOf(environment),
    oauth: oauthOf(environment, api),
    cloudflare: cloudflareOf(environment),
    realtime: realtimeOf(environment),
    rateLimits: rateLimitsOf(environment, embedded),
    grpc: grpcOf(environment, embedded),
    redis: redisOf(environment),
    kafka: kafkaOf(environment),
    ...telemetryOf(environment),
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
    auth: { ...config.auth, jwtSecret, isTemporary: false },
    // A key that was given stays.
    webhooks: {
      ...config.webhooks,
      key: config.webhooks.key === config.auth.jwtSecret ? jwtSecret : config.webhooks.key,
    },
  });
}
