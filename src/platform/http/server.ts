import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Identity } from '../auth/identity.js';
import type { Authenticator } from '../credentials/authenticator.js';
import type { CloudflareAccess } from '../credentials/cloudflare-access.js';
import { refuseForeignNetwork } from '../credentials/key-networks.js';
import type { Config } from '../config/config.js';
import { Fault } from '../faults/fault.js';
import type { RequestLimits } from '../limits/request-limits.js';
import { Answer, Document, envelope, etagOf, listEtagOf } from './answer.js';
import { isNotModified } from './conditional.js';
import { originAllowed } from './origin.js';
import { refuseConnection, refuseUrl } from './refusals.js';
import { refuseCredentialInUrl } from './credential-in-url.js';
import { newRequestId } from './request-id.js';

const BODY_MAX = 1024 * 1024;
/** The largest body without a credential. A login needs less than 2 KiB. */
const ANONYMOUS_BODY_MAX = 16 * 1024;
/** The largest body of an import, about 100,000 tasks. */
export const IMPORT_BODY_MAX = 64 * 1024 * 1024;
const HEADER_MAX = 16 * 1024;
/** Milliseconds for an answer: an import waits a minute for its turn, and its longest statement has five. */
const ANSWER_MS = 360_000;
/** Milliseconds between checks for connections that are too slow. By default Node checks every 30 seconds. */
const CHECK_EVERY_MS = 1_000;

/** Versions before are broken; a handshake that takes longer only holds a socket. */
const TLS = { minVersion: 'TLSv1.2', handshakeTimeout: 10_000 } as const;

/** The Fastify adapter with the limits that keep a slow or hostile client from holding the service. */
export function httpAdapter(config: Config): FastifyAdapter {
  const { headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs } = config.http;
  const { tls } = config.api;
  const http = {
    maxHeaderSize: HEADER_MAX,
    headersTimeout: Math.min(headersTimeoutMs, requestTimeoutMs),
    connectionsCheckingInterval: Math.min(CHECK_EVERY_MS, headersTimeoutMs),
  };
  return new FastifyAdapter({
    bodyLimit: BODY_MAX,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: requestTimeoutMs + ANSWER_MS,
    keepAliveTimeout: keepAliveTimeoutMs,
    ...(tls ? { https: { ...http, cert: tls.cert, key: tls.key, ...TLS } } : { http }),
    trustProxy: config.api.trustedProxies.length > 0 ? [...config.api.trustedProxies] : false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
    // Requests on open connections are still answered during a shutdown (Drain).
    return503OnClosing: false,
    clientErrorHandler: refuseConnection,
    frameworkErrors: refuseUrl,
  });
}

function begin(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  request.state = {
    requestId: newRequestId(),
    receivedAt: new Date().toISOString(),
    identity: null,
    refusal: null,
    fingerprint: null,
    replay: null,
    written: null,
    trace: null,
    gone: new AbortController(),
  };
  reply.header('x-request-id', request.state.requestId);
  reply.header('cache-control', 'no-store');
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) request.state.gone.abort();
  });
  done();
}

/** The query parser keeps or replaces what it cannot decode, so the service would search for another text. */
function refuseUnreadableUrl(request: FastifyRequest): void {
  if (!request.url.includes('%')) return;
  try {
    decodeURIComponent(request.url);
  } catch {
    throw new Fault('VALIDATION_FAILED', 'The URL holds a percent-encoding that cannot be read.');
  }
}

/** Public routes ignore a credential that is refused with these; any other route answers so. */
const REFUSALS: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'FORBIDDEN']);

/** @throws Fault FORBIDDEN for a key outside of its networks */
function become(request: FastifyRequest, identity: Identity | null): void {
  if (identity) refuseForeignNetwork(identity, request.ip);
  request.state.identity = identity;
}

function identify(authenticator: Authenticator, limits: RequestLimits) {
  const remember = (request: FastifyRequest, error: unknown): void => {
    if (!(error instanceof Fault)) throw error;
    // Public routes ignore it; any other route throws it.
    request.state.refusal = error;
  };
  return (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void => {
    try {
      refuseCredentialInUrl(request.url);
      refuseUnreadableUrl(request);
      const found = authenticator.identify(request.headers, () => limits.refuseGuesses(request), request.url);
      if (!(found instanceof Promise)) {
        become(request, found);
        done();
        return;
      }
      found
        .then((identity) => become(request, identity))
        .catch((error: unknown) => remember(request, error))
        .then(() => done(), done);
    } catch (error) {
      if (error instanceof Fault && REFUSALS.has(error.code)) {
        request.state.refusal = error;
        done();
      } else done(error as Error);
    }
  };
}

/** Sets the headers of a response. Returns true when the client already has this version. */
function prepare(answer: Answer, request: FastifyRequest, reply: FastifyReply): boolean {
  const { status, location, alwaysSent } = answer.options;
  if (location !== undefined) reply.header('location', location);
  if (request.state.replay) reply.header('idempotency-replayed', 'true');
  if (status !== undefined) reply.code(status);
  const reading = request.method === 'GET' || request.method === 'HEAD';
  const etag = etagFor(answer, reading);
  if (etag === null) return false;
  reply.header('etag', etag);
  return reading && !alwaysSent && isNotModified(request.headers['if-none-match'], etag);
}

function etagFor(answer: Answer, reading: boolean): string | null {
  const { version, pagination } = answer.options;
  if (version !== undefined) return etagOf(version);
  return pagination && reading ? listEtagOf(answer) : null;
}

/** With replicas, a client that sends this token reads its own write on every instance. */
function tellPosition(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: (e: null, p: unknown) => void,
) {
  // No hook has run for a target that is not a path, such as `OPTIONS *`.
  const state = request.state as FastifyRequest['state'] | undefined;
  if (state && state.written !== null) reply.header('consistency-token', state.written);
  done(null, payload);
}

function serialize(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: (e: Error | null, p?: unknown) => void,
): void {
  if (payload instanceof Answer) {
    if (prepare(payload, request, reply)) {
      reply.code(304);
      done(null, '');
      return;
    }
    const { requestId, receivedAt, replay } = request.state;
    reply.header('content-type', 'application/json; charset=utf-8');
    reply.serializer(String);
    done(null, new String(envelope(payload, replay?.requestId ?? requestId, replay?.timestamp ?? receivedAt)));
  } else if (payload instanceof Document) {
    reply.headers(payload.headers).header('content-type', payload.contentType);
    reply.serializer(String);
    done(null, new String(payload.text));
  } else done(null, payload);
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Browsers send the cookie of a session, and that of Access, with requests that a page of another site makes (CSRF). They state the origin of that
 * page with every request that can change something.
 */
function refuseForeignPages(origins: readonly string[]) {
  return (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void => {
    const { origin, host } = request.headers;
    const isForeign = request.state.identity?.isAmbient === true && !originAllowed(origin, host, origins);
    if (!isForeign || SAFE_METHODS.has(request.method)) done();
    else
      done(new Fault('FORBIDDEN', 'Pages of this origin may not use your sign-in; CORS_ORIGIN names those that may.'));
  };
}

interface Guards {
  readonly authenticator: Authenticator;
  readonly access: CloudflareAccess;
  readonly limits: RequestLimits;
  /** Origins of pages that may call the API. */
  readonly origins: readonly string[];
}

/** Gives every request its state. Must be the first hook. */
export function beginRequests(server: FastifyInstance): void {
  server.addHook('onRequest', begin);
}

/** Installs the hooks of every request, in order. */
export function installHooks(server: FastifyInstance, { authenticator, access, limits, origins }: Guards): void {
  server.addHook('onRoute', (route) => {
    const { textBody, isPublic } = route.config ?? {};
    if (textBody !== undefined) route.bodyLimit = textBody;
    else if (isPublic === true) route.bodyLimit = ANONYMOUS_BODY_MAX;
  });
  server.addHook('onRequest', identify(authenticator, limits));
  limits.install(server);
  server.addHook('onRequest', refuseForeignPages(origins));
  if (access.settings?.isRequired) {
    // After the limits, so that strangers who reach the service past the edge have a budget too. Probes come from within.
    server.addHook('onRequest', async (request) => {
      if (request.routeOptions.config.isProbe !== true) await access.admit(request.headers);
    });
  }
  server.addHook('preSerialization', serialize);
  server.addHook('onSend', tellPosition);
}
