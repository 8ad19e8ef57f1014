import { authSettings } from './auth-settings.js';
import { brokerSettings } from './broker-settings.js';
import { cloudflareSettings } from './cloudflare-settings.js';
import { grpcSettings } from './grpc-settings.js';
import { httpSettings } from './http-settings.js';
import { limitSettings } from './limit-settings.js';
import { mailSettings } from './mail-settings.js';
import { oauthSettings } from './oauth-settings.js';
import { oidcSettings } from './oidc-settings.js';
import {
  boolean,
  integer,
  list,
  networks,
  oneOf,
  optional,
  origins,
  postgresUrl,
  readableFile,
  SSL_MODES,
  text,
} from './setting.js';
import type { Setting, SslMode } from './setting.js';
import { telemetrySettings } from './telemetry-settings.js';
import { webhookSettings } from './webhook-settings.js';

/** With fewer, some kind of work would have no connection (pool-plan.ts). */
const SESSIONS_MIN = 10;

/** Every variable of the service, in the order of `.env.example`. */
export const settings = {
  DATABASE_URL: optional<string>({
    about: 'PostgreSQL as one URL. Wins over DB_*. Without it and without DB_HOST an embedded PostgreSQL is started.',
    example: 'postgres://taskmaster@localhost:5432/taskmaster',
    secret: true,
    parse: postgresUrl,
  }),
  DB_HOST: optional<string>({ about: 'PostgreSQL host.', example: 'localhost', parse: text }),
  DB_PORT: { about: 'PostgreSQL port.', example: '5432', fallback: 5432, parse: integer(1, 65535) },
  DB_NAME: { about: 'Database name.', example: 'taskmaster', fallback: 'taskmaster', parse: text },
  DB_USER: {
    about: 'Login of the service: a member of tm_app_rw, tm_app_ro, tm_analytics, tm_background and tm_admin.',
    example: 'taskmaster',
    fallback: 'taskmaster',
    parse: text,
  },
  DB_PASSWORD: optional<string>({ about: 'Password of DB_USER.', secret: true, parse: text }),
  DB_SSL_MODE: optional<SslMode>({
    about:
      'TLS to PostgreSQL: disable, require (encrypts, does not verify), verify-ca or verify-full. Defaults to disable for ' +
      'a loopback address and a socket, else verify-full.',
    example: 'verify-full',
    parse: oneOf(...SSL_MODES),
  }),
  DB_SSL_ROOT_CERT: optional<string>({
    about:
      'File with the certificate authority of PostgreSQL, for verify-ca and verify-full. Defaults to those that Node knows.',
    parse: readableFile,
  }),
  DB_POOL_MAX: {
    about:
      'Sessions of PostgreSQL that one instance opens at most. Notifications, jobs, background work and imports have ' +
      '5 of them (7 from 16 on); of the others 60 % read, 30 % write and 10 % are for analytics. Replicas get the ' +
      'sessions for reads once more each.',
    example: '16',
    fallback: 16,
    parse: integer(SESSIONS_MIN, 1000),
  },
  DB_POOL_MIN: { about: 'Connections kept open while idle.', example: '2', fallback: 2, parse: integer(0, 1000) },
  DB_ACQUIRE_TIMEOUT_MS: {
    about: 'Milliseconds a request waits for a connection before it is answered 503 POOL_EXHAUSTED.',
    example: '2000',
    fallback: 2000,
    parse: integer(10, 60_000),
  },
  DB_READ_HOSTS: {
    about: 'Read replicas, comma separated host[:port]. Reads fall back to the primary.',
    example: 'replica-1:5432,replica-2:5432',
    fallback: [] as readonly string[],
    parse: list,
  },
  MIGRATION_DATABASE_URL: optional<string>({
    about: 'PostgreSQL URL of the login that migrates (owner or superuser). Defaults to the login of the service.',
    secret: true,
    parse: postgresUrl,
  }),
  API_HOST: optional<string>({
    about: 'Address to listen on. Defaults to 127.0.0.1 with the embedded PostgreSQL, else 0.0.0.0.',
    parse: text,
  }),
  API_PORT: { about: 'Port of the API.', example: '3000', fallback: 3000, parse: integer(0, 65535) },
  ...httpSettings,
  GRAPHQL_INTROSPECTION: optional<boolean>({
    about:
      'Show the schema and a page to try queries at /graphql; for development. ' +
      'Defaults to true with the embedded PostgreSQL, else false.',
    example: 'false',
    parse: boolean,
  }),
  GRAPHQL_TRUSTED_DOCUMENTS: optional<string>({
    about: 'File that maps SHA-256 hashes to GraphQL documents: with it no other document runs.',
    parse: text,
  }),
  CORS_ORIGIN: optional<readonly string[]>({
    about: 'Origins of browsers that may call the API, comma separated.',
    example: 'https://app.example.com',
    parse: origins,
  }),
  CORS_ORIGINS: optional<readonly string[]>({
    about: 'Another name of CORS_ORIGIN. When both are set, they must name the same origins.',
    example: 'https://app.example.com',
    parse: origins,
  }),
  TRUSTED_PROXIES: {
    about:
      'Addresses or networks of proxies whose X-Forwarded-For is believed, comma separated. The CF-* headers of addresses ' +
      'are never read: the last address of X-Forwarded-For is the one that Cloudflare saw.',
    example: '127.0.0.1',
    fallback: [] as readonly string[],
    parse: networks,
  },
  ...authSettings,
  ...mailSettings,
  ...oidcSettings,
  ...oauthSettings,
  ...cloudflareSettings,
  WS_SOCKETS_MAX: {
    about: 'WebSocket connections that one instance holds.',
    example: '10000',
    fallback: 10_000,
    parse: integer(1, 1_000_000),
  },
  WS_SOCKETS_PER_USER_MAX: {
    about: 'WebSocket connections that one user may have on one instance.',
    example: '100',
    fallback: 100,
    parse: integer(1, 1_000_000),
  },
  WS_HEARTBEAT_MS: {
    about: 'Milliseconds between pings to a WebSocket; one that does not answer before the next is ended.',
    example: '25000',
    fallback: 25_000,
    parse: integer(100, 600_000),
  },
  WS_AUTHENTICATE_MS: {
    about: 'Milliseconds for a WebSocket that was opened without a credential to send one.',
    example: '5000',
    fallback: 5_000,
    parse: integer(100, 60_000),
  },
  WS_BUFFER_MAX: {
    about: 'Bytes that may wait for a slow reader of a WebSocket before it is disconnected and asked to resume.',
    example: '1048576',
    fallback: 1_048_576,
    parse: integer(16_384, 67_108_864),
  },
  ...limitSettings,
  ...grpcSettings,
  ...brokerSettings,
  ...webhookSettings,
  PROMETHEUS_ENABLED: { about: 'Serve metrics.', example: 'true', fallback: true, parse: boolean },
  METRICS_PORT: {
    about: 'Port that serves /metrics alone, so that it need not pass the edge.',
    example: '8080',
    fallback: 8080,
    parse: integer(0, 65535),
  },
  AUDIT_RETENTION_DAYS: {
    about: 'Days that the audit trail is kept; whole months are dropped.',
    example: '90',
    fallback: 90,
    parse: integer(1, 36_500),
  },
  EVENTS_RETENTION_DAYS: {
    about: 'Days that events are kept: how long a client may be away and still resume from its cursor.',
    example: '7',
    fallback: 7,
    parse: integer(1, 3_650),
  },
  TASK_DUE_SOON_HOURS: {
    about: 'Hours before its due date at which a task publishes task.due_soon.',
    example: '24',
    fallback: 24,
    parse: integer(1, 8_760),
  },
  METRICS_RETENTION_DAYS: {
    about: 'Days that the performance metrics in the database are kept: by the hour after 7 days, by the day after 90.',
    example: '365',
    fallback: 365,
    parse: integer(1, 36_500),
  },
  TASKMASTER_DRAIN_MS: optional<number>({
    about:
      'Milliseconds from "not ready" to "accepts nothing" at a shutdown: what a load balancer needs to notice. ' +
      'Defaults to 0 with the embedded PostgreSQL, else 5000.',
    example: '5000',
    parse: integer(0, 60_000),
  }),
  ERROR_RETENTION_RESOLVED_DAYS: {
    about: 'Days that occurrences of resolved errors are kept.',
    example: '30',
    fallback: 30,
    parse: integer(1, 36_500),
  },
  ERROR_RETENTION_UNRESOLVED_DAYS: {
    about: 'Days that occurrences of all other errors are kept.',
    example: '365',
    fallback: 365,
    parse: integer(1, 36_500),
  },
  ...telemetrySettings,
  LOG_LEVEL: {
    about: 'Least level that is logged.',
    example: 'info',
    fallback: 'info' as const,
    parse: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
  },
  TASKMASTER_ENV_FILE: optional<string>({
    about:
      'File of variables that is read instead of .env in the current folder. Only the environment can name it; what the ' +
      'environment holds wins over every file.',
    example: '/etc/taskmaster/service.env',
    parse: text,
  }),
  TASKMASTER_DATA: {
    about: 'Folder of the embedded PostgreSQL, its secrets and first-run.json.',
    example: '.taskmaster-data',
    fallback: '.taskmaster-data',
    parse: text,
  },
} as const satisfies Record<string, Setting<unknown>>;

type Parsed<S> = S extends { parse: (value: string) => infer T; fallback: infer F } ? T | F : never;

/** The validated environment. */
export type Environment = { readonly [K in keyof typeof settings]: Parsed<(typeof settings)[K]> };

/** Validates all variables and returns every problem as a sentence that does not repeat the value. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): {
  environment: Environment;
  problems: string[];
} {
  const problems: string[] = [];
  const entries = Object.entries(settings).map(([name, setting]) => {
    const given = env[name];
    if (given === undefined || given === '') return [name, setting.fallback] as const;
    try {
      return [name, setting.parse(given)] as const;
    } catch (error) {
      problems.push(`${name} ${(error as Error).message}.`);
      return [name, setting.fallback] as const;
    }
  });
  return { environment: Object.fromEntries(entries) as unknown as Environment, problems };
}
