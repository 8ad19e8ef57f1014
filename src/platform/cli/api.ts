import type { ClientConfig } from '../config/client.js';
import type { Credential } from './credential.js';
import { CommandFailure, EXIT } from './exit.js';
import { onOneLine } from './printable.js';

/** Milliseconds for an answer; imports of large files take longer. */
const ANSWER_WITHIN_MS = 30_000;

interface Problem {
  readonly code?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

/** An answer of the service. */
export interface ApiAnswer<T> {
  readonly data: T;
  readonly pagination?: { readonly total?: number; readonly hasMore: boolean; readonly nextCursor: string | null };
}

interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly withinMs?: number;
}

/** A file is sent as it is: the service knows best what its bytes mean. */
const isRaw = (body: unknown): body is string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' || body instanceof Uint8Array;

/** A JSON object, or null. */
function jsonOf(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function failureOf(status: number, text: string): CommandFailure {
  let problem: Problem = {};
  try {
    problem = JSON.parse(text) as Problem;
  } catch {
    // Not an answer of the service: another program listens there.
  }
  const lines = (problem.errors ?? []).map((error) => `  ${onOneLine(`${error.path}: ${error.message}`)}`);
  const message = [
    onOneLine(problem.detail ?? `The service answered ${status}.`),
    ...(lines.length > 1 ? lines : []),
  ].join('\n');
  const code = status === 400 ? EXIT.usage : status >= 500 ? EXIT.unavailable : EXIT.refused;
  return new CommandFailure(message, code, problem.code === undefined ? undefined : problem);
}

/** A value as one segment of a path. `.` and `..` would lead to another path, even when they are encoded. @throws CommandFailure */
export function segment(value: string): string {
  if (/^\.{0,2}$/.test(value)) throw new CommandFailure(`"${value}" names nothing.`, EXIT.usage);
  return encodeURIComponent(value);
}

/** Calls the service as the user whose key or login is configured. */
export class Api {
  constructor(
    private readonly config: ClientConfig,
    private readonly credential: Credential,
  ) {}

  /** The text of an answer. @throws CommandFailure */
  async text(method: string, path: string, options: CallOptions = {}): Promise<string> {
    const { body, headers = {}, withinMs = ANSWER_WITHIN_MS } = options;
    const credential = await this.credential();
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${this.config.url}/api/v1${path}`, {
        method,
        headers: {
          ...credential,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: isRaw(body) ? body : JSON.stringify(body) }),
        signal: AbortSignal.timeout(withinMs),
      });
      text = await response.text();
    } catch (error) {
      throw this.unreachable(error);
    }
    if (!response.ok) throw failureOf(response.status, text);
    // The service names every request. Another server's page would be taken for an export, or for an empty list.
    if (!response.headers.has('x-request-id')) throw this.foreign();
    return text;
  }

  /** The answer as JSON. @throws CommandFailure, also if another program answers */
  async call<T>(method: string, path: string, options: CallOptions = {}): Promise<ApiAnswer<T>> {
    const text = await this.text(method, path, options);
    if (text === '') return { data: undefined as T };
    const answer = jsonOf(text) as (ApiAnswer<T> & { readonly success?: boolean }) | null;
    if (answer?.success !== true) throw this.foreign();
    return answer;
  }

  /** A file of the service that must be a JSON object. @throws CommandFailure, also if another program answers */
  async file(method: string, path: string, options: CallOptions = {}): Promise<string> {
    const text = await this.text(method, path, options);
    if (jsonOf(text) === null) throw this.foreign();
    return text;
  }

  private foreign(): CommandFailure {
    return new CommandFailure(`What answers at ${this.config.url} is not TaskMaster.`, EXIT.unavailable);
  }

  private unreachable(error: unknown): CommandFailure {
    const late = error instanceof Error && error.name === 'TimeoutError';
    const what = late ? 'did not answer in time' : 'cannot be reached; is it running (npm start)?';
    return new CommandFailure(`The service at ${this.config.url} ${what}`, EXIT.unavailable);
  }
}
