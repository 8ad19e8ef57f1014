import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestFactory } from '@nestjs/core';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import type { DestinationStream } from 'pino';
import { AppModule } from './app.module.js';
import { AccountPages } from './modules/account-pages/account-pages.service.js';
import { installLiveDocumentation } from './modules/live/live.documentation.js';
import { AccessTokens } from './platform/credentials/access-token.js';
import { OauthServer } from './modules/oauth/oauth-server.service.js';
import { Authenticator } from './platform/credentials/authenticator.js';
import { CloudflareAccess } from './platform/credentials/cloudflare-access.js';
import type { Config } from './platform/config/config.js';
import { GraphqlEndpoint } from './platform/graphql/graphql-endpoint.js';
import { GraphqlSocket } from './platform/graphql/graphql-socket.js';
import { compressResponses, installPages } from './platform/http/pages.js';
import { BodyBudget } from './platform/http/body-budget.js';
import { installBodyParsers } from './platform/http/body-parsers.js';
import { BodyReader } from './platform/http/body-reader.js';
import { installDocumentation } from './platform/http/documentation.js';
import { Drain } from './platform/http/drain.js';
import { publishKeys } from './platform/http/published-keys.js';
import { CorsPolicy, installIngestKeys } from './platform/http/ingest-keys.js';
import { RouteTable } from './platform/http/route-table.js';
import { RequestLimits } from './platform/limits/request-limits.js';
import { secureTransport } from './platform/http/secure-transport.js';
import { beginRequests, httpAdapter, installHooks } from './platform/http/server.js';
import { TlsCertificate } from './platform/http/tls-certificate.js';
import { SocketAdapter } from './platform/realtime/socket-adapter.js';
import { Upgrades } from './platform/realtime/upgrades.js';
import { accessLog } from './platform/telemetry/access-log.js';
import { createLogger } from './platform/telemetry/logger.js';
import { Metrics } from './platform/telemetry/metrics.js';
import { endTrace, Tracing } from './platform/telemetry/tracing.js';
import { NestLogger } from './platform/telemetry/nest-logger.js';
import { refuseBeforeBody } from './platform/http/unread-body.js';
import { traceRequests } from './platform/http/trace-requests.js';
import { watchRequests } from './platform/http/watch-requests.js';

export const API_PREFIX = 'api/v1';

const HEADERS_EXPOSED = [
  'ETag',
  'Location',
  'Retry-After',
  'X-Request-Id',
  'Traceparent',
  'Idempotency-Replayed',
  'Consistency-Token',
  'RateLimit-Policy',
  'RateLimit',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
];

/** Headers of every answer, also of those that refuse a request at once. */
async function protectAnswers(server: FastifyInstance): Promise<void> {
  await server.register(helmet, {
    // Said only over HTTPS, where browsers heed it (secure-transport.ts).
    strictTransportSecurity: false,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
    },
    referrerPolicy: { policy: 'no-referrer' },
  });
}

async function allowOrigins(server: FastifyInstance, config: Config): Promise<void> {
  const policy = new CorsPolicy(config.api.corsOrigins, {
    credentials: true,
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: HEADERS_EXPOSED,
    maxAge: 600,
    // An OPTIONS request without an origin gets the same answer as one with an origin. Refusing it would return plain
    // text instead of a problem document.
    strictPreflight: false,
  });
  policy.watch(server);
  await server.register(cors, {
    delegator: (request, done) => done(null, policy.optionsFor(request)),
  });
  installIngestKeys(server);
}

/** Routes beside the API that need no credential. */
async function installPublicRoutes(app: NestFastifyApplication, server: FastifyInstance): Promise<void> {
  publishKeys(server, app.get(AccessTokens));
  await installPages(server);
  app.get(AccountPages).install(server);
  app.get(OauthServer).install(server);
  installDocumentation(app);
  installLiveDocumentation(app);
}

/** Creates the application, ready to listen. */
export async function createApplication(config: Config, logTo?: DestinationStream): Promise<NestFastifyApplication> {
  const logger = createLogger(config.logLevel, logTo);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(config), httpAdapter(config), {
    bodyParser: false,
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  app.setGlobalPrefix(API_PREFIX);
  const server = app.getHttpAdapter().getInstance();
  app.get(RouteTable).watch(server);
  beginRequests(server);
  traceRequests(server, app.get(Tracing));
  await protectAnswers(server);
  secureTransport(server, config.api.trustedProxies);
  installHooks(server, {
    authenticator: app.get(Authenticator),
    access: app.get(CloudflareAccess),
    limits: app.get(RequestLimits),
    origins: config.api.corsOrigins,
  });
  app.get(Drain).install(server);
  watchRequests(server, accessLog(logger), app.get(Metrics).requests, endTrace);
  await allowOrigins(server, config);
  await compressResponses(server);
  const bodies = new BodyReader(app.get(BodyBudget));
  refuseBeforeBody(server, bodies);
  installBodyParsers(server, bodies);
  await installPublicRoutes(app, server);
  app.get(TlsCertificate).install(server.server);
  app.get(Upgrades).install(server.server);
  app.useWebSocketAdapter(app.get(SocketAdapter));
  app.get(GraphqlEndpoint).install(server, async () => (await import('./graphql.js')).openGraphql(app));
  app.get(GraphqlSocket).install();
  await app.init();
  return app;
}
