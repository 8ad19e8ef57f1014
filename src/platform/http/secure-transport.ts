import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { Fault } from '../faults/fault.js';
import { forwardedScheme } from './client-address.js';

/** A year, as browsers ask for before they add a host to their lists (RFC 6797). */
const STRICT = 'max-age=31536000; includeSubDomains';

/** What came in the clear must not be sent again by a redirect, because its client would not notice. */
const CREDENTIALS = ['authorization', 'x-api-key'] as const;
const SESSION_COOKIE = /(?:^|;\s*)CF_Authorization=/;
const HOST = /^[\w.-]+$|^\[[\da-f:.]+\]$/i;

/** Refuses what a trusted proxy has received without TLS. @throws Fault HTTPS_REQUIRED */
export function requireHttps(request: IncomingMessage, trusted: readonly string[]): void {
  if (forwardedScheme(request, trusted) === 'http') {
    // RFC 9110, 15.5.22: the answer names what to use.
    throw new Fault('HTTPS_REQUIRED', undefined, { headers: { upgrade: 'TLS/1.2, HTTP/1.1', connection: 'upgrade' } });
  }
}

function isSafeToRepeat({ method, headers, hostname }: FastifyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  if (SESSION_COOKIE.test(headers.cookie ?? '')) return false;
  return HOST.test(hostname) && CREDENTIALS.every((name) => headers[name] === undefined);
}

/**
 * Tells browsers to use HTTPS for good, where a request came that way, and admits nothing that came through a proxy in the
 * clear. A connection without TLS and without a proxy is from the same network, such as a probe.
 */
export function secureTransport(server: FastifyInstance, trusted: readonly string[]): void {
  server.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => {
    const scheme = forwardedScheme(request.raw, trusted);
    if (scheme === 'https' || (scheme === null && request.raw.socket instanceof TLSSocket)) {
      reply.header('strict-transport-security', STRICT);
    } else if (scheme === 'http') {
      if (isSafeToRepeat(request)) {
        void reply.redirect(`https://${request.hostname}${request.url}`, 308);
        return;
      }
      try {
        requireHttps(request.raw, trusted);
      } catch (error) {
        done(error as Error);
        return;
      }
    }
    done();
  });
}
