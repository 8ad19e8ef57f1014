import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Authenticator } from '../credentials/authenticator.js';
import type { Config } from '../config/config.js';
import { Fault } from '../faults/fault.js';
import type { RequestLimits } from '../limits/request-limits.js';
import { Answer, Document, envelope, etagOf, listEtagOf } from './answer.js';
import { isNotModified } from './conditional.js';
import { parseJsonBody } from './json-body.js';
import { refuseConnection, refuseUrl } from './refusals.js';
import { refuseCredentialInUrl } from './credential-in-url.js';
import { newRequestId } from './request-id.js';

const BODY_MAX = 1024 * 1024;
/** The body of an import: some 100,000 tasks. */
export const IMPORT_BODY_MAX = 64 * 1024 * 1024;
/** What some routes take beside JSON. */
const FILE_TYPES = ['application/sarif+json', 'application/xml', 'text/xml'];
const HEADER_MAX = 16 * 1024;
/** Milliseconds for a request to arrive; slower senders are attackers or broken. */
const REQUEST_ARRIVES_MS = 30_000;
/** Longer than the 60 s after which load balancers drop an idle connection, so that they close first. */
const KEEP_ALIVE_MS = 72_000;

/** The Fastify adapter with the limits that keep a slow or hostile client from holding the service. */
export function httpAdapter(config: Config): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: BODY_MAX,
    requestTimeout: REQUEST_ARRIVES_MS,
    connectionTimeout: 2 * REQUEST_ARRIVES_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { maxHeaderSize: HEADER_MAX },
    trustProxy: config.api.trustedProxies.length > 0 ? [...config.api.trustedProxies] : false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
    // What still arrives on open connections during a shutdown is answered, and told to come back elsewhere (Drain).
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
    rawBody: null,
    replay: null,
    written: null,
    gone: new AbortController(),
  };
  reply.header('x-request-id', request.state.requestId);
  reply.header('cache-control', 'no-store');
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) request.state.gone.abort();
  });
  done();
}

/** What the query parser cannot decode it would leave as it is, or replace, and so search for something else. */
function refuseUnreadableUrl(request: FastifyRequest): void {
  if (!request.url.includes('%')) return;
  try {
    decodeURIComponent(request.url);
  } catch {
    throw new Fault('VALIDATION_FAILED', 'The URL holds a percent-encoding that cannot be read.');
  }
}

function identify(authenticator: Authenticator, limits: RequestLimits) {
  const remember = (request: FastifyRequest, error: unknown): void => {
    if (!(error instanceof Fault)) throw error;
    // A public route does not care; the guard of any other one throws it.
    if (Number(request.headers['content-length'] ?? 0) > BODY_MAX) throw error;
    request.state.refusal = error;
  };
  return (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void => {
    try {
      refuseCredentialInUrl(request.url);
      refuseUnreadableUrl(request);
      const found = authenticator.identify(request.headers, () => limits.refuseGuesses(request));
      if (!(found instanceof Promise)) {
        request.state.identity = found;
        done();
        return;
      }
      found
        .then((identity) => {
          request.state.identity = identity;
        })
        .catch((error: unknown) => remember(request, error))
        .then(() => done(), done);
    } catch (error) {
      if (error instanceof Fault && error.code === 'UNAUTHENTICATED') {
        request.state.refusal = error;
        done();
      } else done(error as Error);
    }
  };
}

/** Headers of an answer; true when the client already has this version. */
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

/** With replicas, a client that goes on at another instance reads its own write when it sends this along. */
function tellPosition(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: (e: null, p: unknown) => void,
) {
  // No hook has run for a target that is no path, such as that of `OPTIONS *`.
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

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text of a body. Bytes that are not UTF-8 are refused: replaced, they would be stored as something nobody sent. */
function textOf(request: FastifyRequest, body: Buffer): string {
  const { 'content-encoding': encoding = 'identity', 'content-type': type = '' } = request.headers;
  const charset = /;\s*charset="?([^\s";]+)/i.exec(type)?.[1] ?? 'utf-8';
  if (encoding.toLowerCase() !== 'identity' || !/^(utf-8|us-ascii)$/i.test(charset)) {
    throw new Fault('UNSUPPORTED_MEDIA_TYPE', 'The body must be in UTF-8, without a content encoding.');
  }
  try {
    return utf8.decode(body);
  } catch (cause) {
    throw new Fault('MALFORMED_BODY', 'The body is not valid UTF-8.', { cause });
  }
}

function jsonParser(
  request: FastifyRequest,
  body: string | Buffer,
  done: (error: Error | null, value?: unknown) => void,
): void {
  try {
    const text = textOf(request, body as Buffer);
    request.state.rawBody = text;
    done(null, request.routeOptions.config.textBody === undefined ? parseJsonBody(text) : text);
  } catch (error) {
    done(error as Error);
  }
}

/** Files of other media types, for the routes that name them. */
function fileParser(
  request: FastifyRequest,
  body: string | Buffer,
  done: (error: Error | null, value?: unknown) => void,
): void {
  try {
    const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
    if (!request.routeOptions.config.textTypes?.includes(type)) throw new Fault('UNSUPPORTED_MEDIA_TYPE');
    const text = textOf(request, body as Buffer);
    request.state.rawBody = text;
    done(null, text);
  } catch (error) {
    done(error as Error);
  }
}

/** The hooks and parsers that every request passes, in their order. */
export function installHooks(server: FastifyInstance, authenticator: Authenticator, limits: RequestLimits): void {
  server.addHook('onRoute', (route) => {
    const { textBody } = route.config ?? {};
    if (textBody !== undefined) route.bodyLimit = textBody;
  });
  server.addHook('onRequest', begin);
  server.addHook('onRequest', identify(authenticator, limits));
  limits.install(server);
  server.addHook('preSerialization', serialize);
  server.addHook('onSend', tellPosition);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(['application/json', 'application/merge-patch+json'], { parseAs: 'buffer' }, jsonParser);
  server.addContentTypeParser(FILE_TYPES, { parseAs: 'buffer' }, fileParser);
}
