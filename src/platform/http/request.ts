import type { FastifyRequest } from 'fastify';
import type { Identity } from '../auth/identity.js';
import type { Fault } from '../faults/fault.js';

/** What the service keeps on a request from its first hook to its last. */
export interface RequestState {
  /** `req_…`, in every answer and log line. */
  readonly requestId: string;
  /** When the request arrived, ISO 8601. */
  readonly receivedAt: string;
  identity: Identity | null;
  /** Why there is no identity although a credential was sent; thrown by the guard of a route that needs one. */
  refusal: Fault | null;
  /** The body as it was sent: the fingerprint of an Idempotency-Key covers it. */
  rawBody: string | null;
  /** Set when the answer is the stored one of an earlier request. */
  replay: { readonly requestId: string; readonly timestamp: string } | null;
  /** The WAL position of what the request wrote; becomes the Consistency-Token. */
  written: string | null;
  /** Aborts when the client goes away. */
  readonly gone: AbortController;
}

declare module 'fastify' {
  interface FastifyRequest {
    state: RequestState;
  }
  interface FastifyContextConfig {
    /** The handler takes a body of up to this many bytes as text and parses it itself (`@RouteConfig`). */
    textBody?: number;
    /** Media types beside JSON that it takes. */
    textTypes?: readonly string[];
    /** Probes ask however often they like: the route counts for no budget of requests. */
    unlimited?: boolean;
  }
}

export type ApiRequest = FastifyRequest;
