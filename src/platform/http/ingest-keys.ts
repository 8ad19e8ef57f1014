import type { FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { IngestGrant } from '../auth/identity.js';
import { ingestKeyRefused } from '../credentials/ingest-access.js';
import { Fault } from '../faults/fault.js';

/** Whether a page of this origin may use the key. A key with a list is for pages, so a client without an origin may not. */
function originMayUse({ allowedOrigins }: IngestGrant, origin: string | undefined): boolean {
  return allowedOrigins.length === 0 || (origin !== undefined && allowedOrigins.includes(origin));
}

/**
 * Keeps ingest keys to the routes that take them and to the origins of their list. Must be installed after CORS, because
 * a page can read only a refusal with its headers.
 */
export function installIngestKeys(server: FastifyInstance): void {
  server.addHook('onRequest', (request, _reply, done) => {
    const { identity } = request.state;
    const { isPublic, takesIngestKeys } = request.routeOptions.config;
    if (!identity?.ingest || request.is404 || isPublic === true) done();
    else if (takesIngestKeys !== true) done(ingestKeyRefused());
    else if (!originMayUse(identity.ingest, request.headers.origin))
      done(new Fault('FORBIDDEN', 'Pages of this origin may not use the ingest key.'));
    else done();
  });
}

/**
 * The CORS headers of a request. A preflight does not carry the key, so every origin may ask for the routes that take ingest
 * keys, without cookies; the request itself is then checked against the list of its key.
 */
export class CorsPolicy {
  readonly #ingestPaths = new Set<string>();

  constructor(
    private readonly origins: readonly string[],
    private readonly usual: Omit<FastifyCorsOptions, 'origin'>,
  ) {}

  /** Must run before the routes are added. */
  watch(server: FastifyInstance): void {
    server.addHook('onRoute', ({ url, config }) => {
      if (config?.takesIngestKeys === true) this.#ingestPaths.add(url);
    });
  }

  optionsFor(request: FastifyRequest): FastifyCorsOptions {
    const { origin } = request.headers;
    const { identity } = request.state;
    const usual = { ...this.usual, origin: [...this.origins] };
    if (origin === undefined || this.origins.includes(origin)) return usual;
    const isPreflight = request.method === 'OPTIONS' && this.#ingestPaths.has(request.url.split('?', 1)[0] ?? '');
    const mayRead = identity?.ingest ? originMayUse(identity.ingest, origin) : false;
    if (!isPreflight && !mayRead) return usual;
    return { ...usual, origin: true, credentials: false, ...(isPreflight ? { methods: ['POST'] } : {}) };
  }
}
