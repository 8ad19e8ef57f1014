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

export type RequestListener = (request: EndedRequest) => void;
