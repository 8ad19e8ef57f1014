import type { TestUser } from './app.js';
import { undeclaredStatus } from './declared-statuses.js';

/** A response as a client sees it. */
export interface Reply<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: {
    readonly success: boolean;
    readonly data: T;
    readonly message?: string;
    readonly code?: string;
    readonly detail?: string;
    readonly errors?: readonly { path: string; message: string; code: string }[];
    readonly pagination?: {
      total?: number;
      totalIsEstimate?: boolean;
      hasMore: boolean;
      nextCursor: string | null;
      limit: number;
      offset: number;
    };
    readonly meta?: { requestId: string; timestamp: string; version: string };
    readonly requestId?: string;
  };
}

/** Calls the API as a user, with any headers. A status that the OpenAPI document does not declare is an error. */
export class Client {
  constructor(
    private readonly url: string,
    private readonly user?: TestUser,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  with(headers: Readonly<Record<string, string>>): Client {
    return new Client(this.url, this.user, { ...this.headers, ...headers });
  }

  async call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Reply<T>> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        ...(this.user ? { 'x-api-key': this.user.key } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...this.headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const undeclared = undeclaredStatus(method, `/api/v1${path}`, response.status);
    if (undeclared !== null) throw new Error(undeclared);
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: (json && text !== '' ? JSON.parse(text) : {}) as Reply<T>['body'],
    };
  }

  get<T = Record<string, unknown>>(path: string): Promise<Reply<T>> {
    return this.call<T>('GET', path);
  }

  post<T = Record<string, unknown>>(path: string, body?: unknown): Promise<Reply<T>> {
    return this.call<T>('POST', path, body);
  }

  patch<T = Record<string, unknown>>(path: string, body?: unknown): Promise<Reply<T>> {
    return this.call<T>('PATCH', path, body);
  }

  put<T = Record<string, unknown>>(path: string, body?: unknown): Promise<Reply<T>> {
    return this.call<T>('PUT', path, body);
  }

  delete<T = Record<string, unknown>>(path: string): Promise<Reply<T>> {
    return this.call<T>('DELETE', path);
  }
}
