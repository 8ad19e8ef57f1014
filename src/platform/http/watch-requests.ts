import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { EndedRequest, RequestListener } from '../telemetry/ended-request.js';
import type { RequestState } from './request.js';

/** With raw paths, every guess of a scanner would become a label of the metrics. */
const UNMATCHED = 'unmatched';
/** The status that is logged and counted for a request whose client disconnected before the response. */
const CLIENT_GONE = 499;

function ended(request: FastifyRequest, status: number, seconds: number): EndedRequest {
  // A request that the server itself has refused has no state.
  const state = request.state as RequestState | undefined;
  return {
    requestId: state?.requestId,
    method: request.method,
    route: request.is404 ? UNMATCHED : (request.routeOptions.url ?? UNMATCHED),
    status,
    seconds,
    userId: state?.identity?.userId,
  };
}

/** Calls the listeners once per request: when it is answered, or when its client has disconnected. */
export function watchRequests(server: FastifyInstance, ...listeners: readonly RequestListener[]): void {
  const notify = (request: FastifyRequest, status: number, seconds: number): void => {
    const trace = (request.state as RequestState | undefined)?.trace ?? null;
    const facts = ended(request, status, seconds);
    for (const listener of listeners) listener(facts, trace);
  };
  server.addHook('onResponse', (request, reply, done) => {
    notify(request, reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
  // Fastify's onRequestAbort only reports clients that leave before their request is complete.
  server.addHook('onRequest', (request, reply, done) => {
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) notify(request, CLIENT_GONE, reply.elapsedTime / 1000);
    });
    done();
  });
}
