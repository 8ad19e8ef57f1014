import { hash } from 'node:crypto';

/** The version of the wire format, in `meta.version` of every response. */
export const API_VERSION = '1.0.0';

/** The pagination member of a list. */
export interface Pagination {
  readonly total?: number;
  readonly totalIsEstimate?: boolean;
  readonly limit: number;
  readonly offset: number;
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
}

interface AnswerOptions {
  /** What was done, for people. */
  readonly message: string;
  readonly status?: number;
  /** The version of the row, which becomes the ETag. */
  readonly version?: number;
  /** A part changes without a new version, such as a count. The ETag is for If-Match only, and 304 is never sent. */
  readonly alwaysSent?: boolean;
  readonly location?: string;
  readonly pagination?: Pagination;
}

/** The result of a handler: JSON text from PostgreSQL, and the values of headers. */
export class Answer {
  constructor(
    /** JSON text, which is forwarded without parsing. */
    readonly data: string,
    readonly options: AnswerOptions,
  ) {}

  /** Creates an answer from a value. */
  static of(value: unknown, options: AnswerOptions): Answer {
    return new Answer(JSON.stringify(value), options);
  }
}

/** A document that is sent without an envelope. */
export class Document {
  constructor(
    readonly text: string,
    readonly contentType = 'application/json; charset=utf-8',
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}
}

/** Strong, because every field of the representation is covered by the version. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/** The ETag of a list, which has no version. Weak, because the envelope differs in every response. */
export function listEtagOf(answer: Answer): string {
  return `W/"${hash('sha256', `${answer.data}${JSON.stringify(answer.options.pagination)}`, 'base64url')}"`;
}

/** The envelope around the data. A replayed answer has the requestId and timestamp of the first one. */
export function envelope(answer: Answer, requestId: string, timestamp: string): string {
  const { message, pagination } = answer.options;
  const paged = pagination ? `,"pagination":${JSON.stringify(pagination)}` : '';
  return `{"success":true,"data":${answer.data},"message":${JSON.stringify(message)}${paged},"meta":{"requestId":"${requestId}","timestamp":"${timestamp}","version":"${API_VERSION}"}}`;
}
