import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RequestState } from '../http/request.js';

/** A request as it ended; nothing in it was written by a user except what the service knows to be one of its own words. */
export interface EndedRequest {
  readonly requestId: string | undefined;
  readonly method: string;
  /** The route as it was declared, `/api/v1/tasks/:id`, or `unmatched`: never the path that was sent. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
  readonly userId: string | undefined;
}

export type RequestListener = (request: EndedRequest) => void;

/** A raw path would be a label and a log field of its own for every guess of a scanner. */
const UNMATCHED = 'unmatched';
/** The status of a request whose client went away before the answer; no client ever sees it. */
const CLIENT_GONE = 499;

function ended(request: FastifyRequest, status: number, seconds: number): EndedRequest {
  // A request that the server itself refused has not met the hook that gives it its state.
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

/** Tells the listeners of every request once, when it is answered or when its client is gone. */
export function watchRequests(server: FastifyInstance, ...listeners: readonly RequestListener[]): void {
  const tell = (request: EndedRequest): void => {
    for (const listener of listeners) listener(request);
  };
  server.addHook('onResponse', (request, reply, done) => {
    tell(ended(request, reply.statusCode, reply.elapsedTime / 1000));
    done();
  });
  // Fastify's onRequestAbort only notices a client that leaves while it still sends.
  server.addHook('onRequest', (request, reply, done) => {
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) tell(ended(request, CLIENT_GONE, reply.elapsedTime / 1000));
    });
    done();
  });
}
