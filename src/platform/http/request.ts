import type { FastifyRequest } from 'fastify';
import type { Identity } from '../auth/identity.js';
import type { Fault } from '../faults/fault.js';

/** What the service stores on a request. */
export interface RequestState {
  /** `req_…`, in every response and log line. */
  readonly requestId: string;
  /** ISO 8601. */
  readonly receivedAt: string;
  identity: Identity | null;
  /** Why a credential was refused. The guard of a route that needs an identity throws it. */
  refusal: Fault | null;
  /** The body as sent, for the fingerprint of an Idempotency-Key. */
  rawBody: string | null;
  /** Set when the stored answer of an earlier request is replayed. */
  replay: { readonly requestId: string; readonly timestamp: string } | null;
  /** The WAL position of the commit, which becomes the Consistency-Token. */
  written: string | null;
  /** Aborts when the client disconnects. */
  readonly gone: AbortController;
}

declare module 'fastify' {
  interface FastifyRequest {
    state: RequestState;
  }
  interface FastifyContextConfig {
    /** The handler gets a body of up to this many bytes as text (`@RouteConfig`). */
    textBody?: number;
    /** Further media types that the handler accepts. */
    textTypes?: readonly string[];
    /** Exempts the route from the rate limits, for probes. */
    unlimited?: boolean;
  }
}

export type ApiRequest = FastifyRequest;
