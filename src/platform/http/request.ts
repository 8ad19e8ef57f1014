import type { FastifyRequest } from 'fastify';
import type { Identity } from '../auth/identity.js';
import type { Fault } from '../faults/fault.js';
import type { RequestTrace } from '../telemetry/ended-request.js';
import type { ItemOf } from './json-body.js';

/** What the service stores on a request. */
export interface RequestState {
  /** `req_…`, in every response and log line. */
  readonly requestId: string;
  /** ISO 8601. */
  readonly receivedAt: string;
  identity: Identity | null;
  /** Why a credential was refused. Routes that need an identity throw it. */
  refusal: Fault | null;
  /** The hash of method, URL and body of a request with an Idempotency-Key; null without a body. */
  fingerprint: string | null;
  /** Set when the stored answer of an earlier request is replayed. */
  replay: { readonly requestId: string; readonly timestamp: string } | null;
  /** The WAL position of the commit, which becomes the Consistency-Token. */
  written: string | null;
  /** Null when neither the client nor the service asks for one. */
  trace: RequestTrace | null;
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
    /** Finds the items of the body that are refused one by one. */
    itemOf?: ItemOf;
    /** Further media types that the handler accepts. */
    textTypes?: readonly string[];
    /** Requires no credential (`@Public`). */
    isPublic?: boolean;
    /** Decodes the body of a route whose files may be in an encoding other than UTF-8. */
    decode?: (body: Uint8Array) => string;
    /** The route also takes the ingest keys of projects (`@TakesIngestKeys`). */
    takesIngestKeys?: boolean;
    /** Has the stricter limit of requests to sign in (RequestLimits). */
    isSignIn?: boolean;
    /** Exempts the route from the rate limits and from the edge, because probes come from within. */
    isProbe?: boolean;
  }
}

export type ApiRequest = FastifyRequest;
