import { WebSocket } from 'ws';
import type { Identity } from '../auth/identity.js';
import type { RequestInfo, Session } from '../auth/session.js';
import type { CloseCause } from './close-codes.js';
import { closeCodes } from './close-codes.js';
import { MessageRate } from './message-rate.js';
import type { Subscription } from './subscription.js';

/** Milliseconds for the closing handshake: a reader that is stuck would hold what waits for it until then. */
const CLOSE_WITHIN_MS = 5_000;
const TEXT = { binary: false } as const;

/** One WebSocket: who it belongs to, what it listens to, and how much may wait for it. */
export class LiveClient {
  readonly subscriptions = new Map<string, Subscription>();
  readonly rate = new MessageRate();
  readonly openedAt = Date.now();
  /** Set once the credential is known; the guard refuses every message before. */
  session: Session | null = null;
  /** Milliseconds since the epoch after which the credential ends; null without an end. */
  expiresAt: number | null = null;
  /** When it is pinged next, and whether it owes an answer. */
  pingAt = 0;
  silent = false;
  /** Why the service ended it; null while it lives, and when the client left by itself. */
  ended: CloseCause | 'UNRESPONSIVE' | null = null;
  readonly #gone = new AbortController();

  constructor(
    readonly socket: WebSocket,
    readonly request: RequestInfo,
    private readonly bufferMax: number,
  ) {
    socket.once('close', () => this.#gone.abort());
  }

  get isOpen(): boolean {
    return this.ended === null && this.socket.readyState === WebSocket.OPEN;
  }

  /** Aborts when the client has gone. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** From now on it acts as this identity. */
  become(identity: Identity): void {
    this.expiresAt = identity.expiresAt;
    this.session = {
      userId: identity.userId,
      credentialId: identity.credentialId,
      scopes: identity.scopes,
      role: identity.role,
      permissions: identity.permissions,
      isAdmin: identity.isAdmin,
      request: this.request,
      dryRun: false,
      idempotency: null,
      readAfter: null,
      signal: this.gone,
    };
  }

  /**
   * Sends frames that belong together, or cuts the connection when too much waits for its reader already. What is sent at
   * once may be larger than what may wait: a reader that had read all before it is not slow, whatever the batch brings,
   * and no resuming would ever get past a frame of that size.
   */
  send(...frames: readonly (string | Buffer)[]): void {
    if (!this.isOpen) return;
    if (this.socket.bufferedAmount > this.bufferMax) this.end('TOO_SLOW');
    else for (const frame of frames) this.socket.send(frame, TEXT);
  }

  /** A message in the shape of Nest's adapter; `id` repeats that of the message it answers. */
  say(event: string, data: unknown, id?: MessageId): void {
    this.send(JSON.stringify(id === undefined ? { event, data } : { event, id, data }));
  }

  /** Resolves once most of what was sent has left, or the client is gone: for who has more to send than may wait. */
  async room(): Promise<void> {
    while (this.isOpen && this.socket.bufferedAmount > this.bufferMax / 2) {
      // An empty message of the protocol: its callback comes when everything before it was handed to the kernel.
      await new Promise<void>((sent) => this.socket.pong(undefined, false, () => sent()));
    }
  }

  /** Closes with a code that says why; a client that does not answer is cut off. */
  end(cause: CloseCause): void {
    if (this.ended !== null) return;
    this.ended = cause;
    const { code, reason } = closeCodes[cause];
    this.socket.close(code, reason);
    const cut = setTimeout(() => this.socket.terminate(), CLOSE_WITHIN_MS).unref();
    this.socket.once('close', () => clearTimeout(cut));
  }

  /** Ends one that does not answer any more: a goodbye would only wait behind the rest. */
  drop(): void {
    this.ended ??= 'UNRESPONSIVE';
    this.socket.terminate();
  }
}

/** What a client puts on a message to recognise its answer. */
export type MessageId = string | number;
