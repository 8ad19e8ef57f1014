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
/** The largest body of an import, about 100,000 tasks. */
export const IMPORT_BODY_MAX = 64 * 1024 * 1024;
/** Media types that some routes accept besides JSON. */
const FILE_TYPES = ['application/sarif+json', 'application/xml', 'text/xml'];
const HEADER_MAX = 16 * 1024;
/** Milliseconds for a request to arrive completely. */
const REQUEST_ARRIVES_MS = 30_000;
/** Longer than the usual 60 s of load balancers, so that they close idle connections first. */
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

/** The query parser keeps or replaces what it cannot decode, so the service would search for another text. */
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
    // Public routes ignore it; the guard of any other route throws it.
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

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Decodes a body. Invalid UTF-8 is refused, because replacement characters would be stored instead of what was sent. */
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

/** Parses files of other media types, for routes that accept them. */
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

/** Installs the hooks and parsers of every request, in order. */
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
