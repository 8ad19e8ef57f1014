import type { Agent, Dispatcher, buildConnector, request } from 'undici';
import { isPublicAddress } from './address.js';
import type { Resolve } from './resolver.js';
import { resolveByDns } from './resolver.js';
import type { OutboundPolicy } from './target.js';
import { RefusedTarget, targetOf } from './target.js';

/** Why a request failed, for the owner of the URL. The messages reveal nothing about the internal network. */
export type OutboundFailure = 'refused' | 'unresolved' | 'unreachable' | 'insecure' | 'timeout' | 'broken';

export interface OutboundAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  /** The first bytes of the body, as text. */
  readonly excerpt: string;
}

/** The answer to a request that reads. */
export interface OutboundDocument {
  readonly status: number;
  readonly body: string;
  readonly cacheControl: string | null;
}

export type OutboundResult = OutboundAnswer | { readonly failure: OutboundFailure };

export interface OutboundTimeouts {
  readonly connectMs: number;
  readonly headersMs: number;
  readonly bodyMs: number;
  readonly totalMs: number;
}

/** Measures a request; `statusOf` reads the status of its result, null for a failure. */
export type WatchOutbound = (
  url: string,
  send: () => Promise<OutboundResult>,
  statusOf: (result: OutboundResult) => number | null,
) => Promise<OutboundResult>;

export interface OutboundOptions extends OutboundPolicy {
  readonly timeouts: OutboundTimeouts;
  readonly watch?: WatchOutbound;
  readonly resolve?: Resolve;
}

/** Bytes that are read of a body before the connection is closed. */
const BODY_MAX = 4_096;
const HEADERS_MAX = 16_384;

type Connector = buildConnector.connector;

/** The library's function with the connections that it goes over. */
interface Http {
  readonly request: typeof request;
  readonly agent: Agent;
}

class NoAddress extends Error {
  constructor(readonly failure: OutboundFailure) {
    super(failure);
  }
}

/**
 * Sends requests to URLs of users without giving them access to the internal network: HTTPS to public addresses, no
 * redirects, no proxy from the environment, limits on time and size.
 *
 * A name is resolved once per connection, every resolved address is checked, and the socket is opened to one of them.
 * A second look-up could return an internal address (DNS rebinding). The name is still used as SNI, for the certificate and
 * as Host.
 */
export class OutboundClient {
  #http: Promise<Http> | null = null;

  constructor(private readonly options: OutboundOptions) {}

  post(text: string, headers: Readonly<Record<string, string>>, body: string): Promise<OutboundResult> {
    const send = (): Promise<OutboundResult> => this.#send(text, headers, body);
    return this.options.watch?.(text, send, (result) => ('status' in result ? result.status : null)) ?? send();
  }

  async #send(text: string, headers: Readonly<Record<string, string>>, body: string): Promise<OutboundResult> {
    try {
      const { url } = targetOf(text, this.options);
      const { request: ask, agent: dispatcher } = await (this.#http ??= this.#open());
      const signal = AbortSignal.timeout(this.options.timeouts.totalMs);
      const answer = await ask(url, { method: 'POST', dispatcher, headers, body, signal });
      return { ...seen(answer), excerpt: await excerptOf(answer.body) };
    } catch (error) {
      return { failure: failureOf(error) };
    }
  }

  /** Reads a document of at most `bytesMax`; a larger one is `broken`. */
  async get(
    text: string,
    headers: Readonly<Record<string, string>>,
    bytesMax: number,
  ): Promise<OutboundDocument | { readonly failure: OutboundFailure }> {
    try {
      const { url } = targetOf(text, this.options);
      const { request: ask, agent: dispatcher } = await (this.#http ??= this.#open());
      const signal = AbortSignal.timeout(this.options.timeouts.totalMs);
      const { statusCode: status, headers: got, body } = await ask(url, { method: 'GET', dispatcher, headers, signal });
      const cacheControl = typeof got['cache-control'] === 'string' ? got['cache-control'] : null;
      return { status, cacheControl, body: await wholeOf(body, bytesMax) };
    } catch (error) {
      return { failure: failureOf(error) };
    }
  }

  async close(): Promise<void> {
    await (await this.#http)?.agent.destroy();
  }

  /** Loads the library with the first request, because many instances never send one. */
  async #open(): Promise<Http> {
    const undici = await import('undici');
    const { timeouts } = this.options;
    const connect = undici.buildConnector({ timeout: timeouts.connectMs, allowH2: false });
    const agent = new undici.Agent({
      connect: this.#toPublicAddress(connect),
      headersTimeout: timeouts.headersMs,
      bodyTimeout: timeouts.bodyMs,
      maxHeaderSize: HEADERS_MAX,
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: 4_000,
      keepAliveMaxTimeout: 10_000,
    });
    return { request: undici.request, agent };
  }

  #toPublicAddress(connect: Connector): Connector {
    return (options, callback) => {
      this.#addressOf(options.hostname).then(
        // Addresses have no SNI; the certificate is checked against the address.
        ({ address, servername }) =>
          connect({ ...options, hostname: address, ...(servername === null ? {} : { servername }) }, callback),
        (error: unknown) => callback(error instanceof Error ? error : new NoAddress('unresolved'), null),
      );
    };
  }

  async #addressOf(hostname: string): Promise<{ address: string; servername: string | null }> {
    const { host, isAddress } = targetOf(`https://${hostname.includes(':') ? `[${bare(hostname)}]` : hostname}/`, {
      ...this.options,
      ports: [443],
    });
    if (isAddress) return { address: host, servername: null };
    const addresses = await this.#resolve(host);
    const [first] = addresses;
    if (first === undefined) throw new NoAddress('unresolved');
    // A single internal address refuses the name: a name that resolves to one now and then is an attack.
    if (!this.options.allowPrivate && !addresses.every(isPublicAddress)) throw new NoAddress('refused');
    return { address: first, servername: host };
  }

  async #resolve(host: string): Promise<readonly string[]> {
    try {
      return await (this.options.resolve ?? resolveByDns)(host);
    } catch {
      throw new NoAddress('unresolved');
    }
  }
}

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');

function seen({ statusCode, headers }: Dispatcher.ResponseData): Omit<OutboundAnswer, 'excerpt'> {
  const after = headers['retry-after'];
  return { status: statusCode, retryAfter: typeof after === 'string' ? after : null };
}

async function excerptOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of body as AsyncIterable<Buffer>) {
      parts.push(part);
      if ((length += part.length) >= BODY_MAX) break;
    }
  } catch {
    // The status decides; a body that breaks off only shortens the excerpt.
  }
  return Buffer.concat(parts).subarray(0, BODY_MAX).toString('utf8');
}

/** Leaving the loop closes the connection. */
async function wholeOf(body: Dispatcher.ResponseData['body'], bytesMax: number): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    if ((length += part.length) > bytesMax) throw new Error('The body is too large.');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

const INSECURE = /^(CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO)/;
const UNREACHABLE = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'ECONNRESET', 'EPIPE']);

function failureOf(error: unknown): OutboundFailure {
  if (error instanceof RefusedTarget) return 'refused';
  if (error instanceof NoAddress) return error.failure;
  const { name = '', code } = error as { name?: string; code?: unknown };
  const reason = typeof code === 'string' ? code : '';
  if (name === 'TimeoutError' || /TIMEOUT|ETIMEDOUT/.test(reason)) return 'timeout';
  if (INSECURE.test(reason)) return 'insecure';
  return UNREACHABLE.has(reason) ? 'unreachable' : 'broken';
}
