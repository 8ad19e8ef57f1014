import type { TestUser } from './app.js';

/** An error in a GraphQL response. */
export interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: {
    readonly code: string;
    readonly status: number;
    readonly errors: readonly { path: string; message: string; code: string }[];
    readonly requestId: string;
    readonly etag?: string;
  };
}

export interface GraphqlReply<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly data: T | null | undefined;
  readonly errors: readonly GraphqlError[];
  /** The code of the first error. */
  readonly code: string | undefined;
}

/** Calls /graphql as a user. */
export class GraphqlClient {
  constructor(
    private readonly url: string,
    private readonly user?: TestUser,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  with(headers: Readonly<Record<string, string>>): GraphqlClient {
    return new GraphqlClient(this.url, this.user, { ...this.headers, ...headers });
  }

  run<T = Record<string, unknown>>(query: string, variables?: Record<string, unknown>): Promise<GraphqlReply<T>> {
    return this.send<T>({ query, ...(variables ? { variables } : {}) });
  }

  async send<T = Record<string, unknown>>(body: unknown): Promise<GraphqlReply<T>> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: {
        ...(this.user ? { 'x-api-key': this.user.key } : {}),
        'content-type': 'application/json',
        ...this.headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    const json = (response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : {}) as {
      data?: T | null;
      errors?: GraphqlError[];
    };
    const errors = json.errors ?? [];
    return {
      status: response.status,
      headers: response.headers,
      text,
      data: json.data,
      errors,
      code: errors[0]?.extensions.code,
    };
  }
}
