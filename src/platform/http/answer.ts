import { hash } from 'node:crypto';

/** The version of the wire format, in `meta.version` of every answer. */
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
  readonly status?: number;
  /** The row's version: becomes the ETag. */
  readonly version?: number;
  /** Some of it changes without the version, such as a count: the ETag serves If-Match, and 304 is never answered. */
  readonly alwaysSent?: boolean;
  readonly location?: string;
  readonly pagination?: Pagination;
}

/** What a handler returns: JSON text as PostgreSQL wrote it, and what belongs into the headers. */
export class Answer {
  constructor(
    /** JSON text, forwarded without parsing it. */
    readonly data: string,
    readonly options: AnswerOptions = {},
  ) {}

  /** An answer from a value of the service's own. */
  static of(value: unknown, options: AnswerOptions = {}): Answer {
    return new Answer(JSON.stringify(value), options);
  }
}

/** A document that is answered as it is, without an envelope. */
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

/** Of a list, which has no version: weak, because the envelope around the same rows is another one each time. */
export function listEtagOf(answer: Answer): string {
  return `W/"${hash('sha256', `${answer.data}${JSON.stringify(answer.options.pagination)}`, 'base64url')}"`;
}

/** The envelope around the data; requestId and timestamp are those of the first answer when one is replayed. */
export function envelope(answer: Answer, requestId: string, timestamp: string): string {
  const pagination = answer.options.pagination ? `,"pagination":${JSON.stringify(answer.options.pagination)}` : '';
  return `{"success":true,"data":${answer.data}${pagination},"meta":{"requestId":"${requestId}","timestamp":"${timestamp}","version":"${API_VERSION}"}}`;
}
