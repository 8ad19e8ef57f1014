import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Fault } from '../faults/fault.js';
import type { BodyBudget, BodyHold } from './body-budget.js';

/** Whether a request announces a body. */
export function hasBody({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function refuseEncodings({ headers }: FastifyRequest): void {
  const { 'content-encoding': encoding = 'identity', 'content-type': type = '' } = headers;
  const charset = /;\s*charset="?([^\s";]+)/i.exec(type)?.[1] ?? 'utf-8';
  if (encoding.toLowerCase() !== 'identity' || !/^(utf-8|us-ascii)$/i.test(charset)) {
    throw new Fault('UNSUPPORTED_MEDIA_TYPE', 'The body must be in UTF-8, without a content encoding.');
  }
}

/** Makes a text of the pieces of a body. */
interface TextOfPieces {
  add(bytes: Buffer): void;
  end(): string;
}

/** For files that say in their first bytes how they are encoded, so that no piece can be decoded on its own. */
class EncodedText implements TextOfPieces {
  readonly #pieces: Buffer[] = [];

  constructor(private readonly decode: (body: Uint8Array) => string) {}

  add(bytes: Buffer): void {
    this.#pieces.push(bytes);
  }

  end(): string {
    return this.decode(Buffer.concat(this.#pieces));
  }
}

/** Invalid UTF-8 is refused, because replacement characters would be stored instead of what was sent. */
class Utf8Text implements TextOfPieces {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  readonly #parts: string[] = [];

  add(bytes: Buffer): void {
    this.#parts.push(this.#decode(bytes));
  }

  end(): string {
    this.#parts.push(this.#decode());
    return this.#parts.join('');
  }

  #decode(bytes?: Buffer): string {
    try {
      return this.#decoder.decode(bytes, { stream: bytes !== undefined });
    } catch (cause) {
      throw new Fault('MALFORMED_BODY', 'The body is not valid UTF-8.', { cause });
    }
  }
}

/**
 * Calls back for every piece, and stops reading when that throws. An iterator would destroy the connection then, and with
 * it the answer.
 */
function eachPiece(stream: IncomingMessage, take: (piece: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      stream.off('data', onData).off('end', onEnd).off('error', onError).off('close', onError);
      stream.pause();
      finish();
    };
    const onData = (piece: Buffer): void => {
      try {
        take(piece);
      } catch (error) {
        settle(() => reject(error instanceof Error ? error : new Error('A body was not read.', { cause: error })));
      }
    };
    const onEnd = (): void => settle(resolve);
    const onError = (cause?: Error): void =>
      settle(() => reject(new Fault('MALFORMED_BODY', 'The body ended early.', { cause })));
    stream.on('data', onData).once('end', onEnd).once('error', onError).once('close', onError);
  });
}

/** Reads bodies piece by piece, within the limit of their route and within the budget of the instance. */
export class BodyReader {
  readonly #expecting = new WeakSet<IncomingMessage>();
  readonly #holds = new WeakMap<IncomingMessage, BodyHold>();

  constructor(private readonly budget: BodyBudget) {}

  /** Remembers a client that waits for "100 Continue" before it sends its body. */
  expectContinue(request: IncomingMessage): void {
    this.#expecting.add(request);
  }

  /** Reserves what a body announces, before any of it is read. @throws Fault PAYLOAD_TOO_LARGE, OVERLOADED */
  reserve(request: FastifyRequest, reply: FastifyReply): void {
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > request.routeOptions.bodyLimit) throw new Fault('PAYLOAD_TOO_LARGE');
    const hold = this.budget.open(request.state.identity?.userId ?? null);
    hold.grow(announced);
    this.#holds.set(request.raw, hold);
    reply.raw.once('close', () => hold.release());
    if (this.#expecting.has(request.raw)) reply.raw.writeContinue();
  }

  /** Reads a body whose bytes are reserved. @throws Fault PAYLOAD_TOO_LARGE, OVERLOADED, MALFORMED_BODY */
  async read(request: FastifyRequest): Promise<string> {
    refuseEncodings(request);
    const { bodyLimit } = request.routeOptions;
    const hash = request.headers['idempotency-key'] === undefined ? null : fingerprintOf(request);
    const { decode } = request.routeOptions.config;
    const text: TextOfPieces = decode ? new EncodedText(decode) : new Utf8Text();
    let reserved = Number(request.headers['content-length'] ?? 0);
    let received = 0;
    await eachPiece(request.raw, (piece) => {
      received += piece.length;
      if (received > bodyLimit) throw new Fault('PAYLOAD_TOO_LARGE');
      if (received > reserved) {
        this.#holds.get(request.raw)?.grow(received - reserved);
        reserved = received;
      }
      hash?.update(piece);
      text.add(piece);
    });
    request.state.fingerprint = hash?.digest('hex') ?? null;
    return text.end();
  }
}

/** The hash of a request, without its body. */
export function fingerprintOf({ method, url }: FastifyRequest): ReturnType<typeof createHash> {
  return createHash('sha256').update(`${method} ${url}\n`);
}
