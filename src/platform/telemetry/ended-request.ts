import type { TraceContext } from './trace-context.js';

/** How a request ended. It holds nothing that a client wrote. */
export interface EndedRequest {
  readonly requestId: string | undefined;
  readonly method: string;
  /** The route as it was declared, `/api/v1/tasks/:id`, or `unmatched`: never the path that was sent. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
  readonly userId: string | undefined;
}

/** The span of a request that is being answered. */
export interface OpenSpan {
  readonly context: TraceContext;
  end(request: EndedRequest): void;
}

/** The trace of a request. */
export interface RequestTrace {
  readonly context: TraceContext;
  /** Null while no spans are exported. */
  readonly span: OpenSpan | null;
}

export type RequestListener = (request: EndedRequest, trace?: RequestTrace | null) => void;
