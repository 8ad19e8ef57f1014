import { WebSocket } from 'ws';
import type { Identity } from '../auth/identity.js';
import type { RequestInfo, Session } from '../auth/session.js';
import type { EventDelivery, EventListener } from '../events/event-listener.js';
import type { Subscription } from '../events/subscription.js';
import type { CloseCause } from './close-codes.js';
import { closeCodes } from './close-codes.js';
import { MessageRate } from './message-rate.js';

/** Milliseconds for the closing handshake. A stalled reader keeps its buffer in memory until then. */
const CLOSE_WITHIN_MS = 5_000;

/** What a client puts on a message to recognise its answer. */
export type MessageId = string | number;

/** How a connection writes: the messages of `/ws`, or those of graphql-transport-ws. */
export interface LiveProtocol {
  deliver(events: readonly EventDelivery[]): void;
  /** Anything but events; `id` repeats that of the message it answers. */
  say(event: string, data: unknown, id?: MessageId): void;
}

interface Connection {
  readonly socket: WebSocket;
  readonly request: RequestInfo;
  readonly protocol: LiveProtocol;
  /** Bytes that may wait for the reader. */
  readonly bufferMax: number;
  /** Makes the authenticator forget a credential that PostgreSQL has refused. */
  readonly forgetCredential: (credentialId: string) => void;
}

/** One WebSocket: its owner, its subscriptions, and its send buffer. */
export class LiveClient implements EventListener {
  readonly socket: WebSocket;
  readonly request: RequestInfo;
  /** Replaced before the first message where the path speaks another protocol. */
  protocol: LiveProtocol;
  readonly subscriptions = new Map<string, Subscription>();
  readonly rate = new MessageRate();
  readonly openedAt = Date.now();
  /** Null until the client has authenticated; the guard refuses every other message before. */
  session: Session | null = null;
  /** Time in milliseconds since the epoch at which the credential expires; null if it never does. */
  expiresAt: number | null = null;
  /** The time of the next ping, and whether the last one is still unanswered. */
  pingAt = 0;
  silent = false;
  /** Why the service ended it; null while it is open, and when the client closed it. */
  ended: CloseCause | 'UNRESPONSIVE' | null = null;
  readonly #gone = new AbortController();

  constructor(private readonly connection: Connection) {
    this.socket = connection.socket;
    this.request = connection.request;
    this.protocol = connection.protocol;
    this.socket.once('close', () => this.#gone.abort());
  }

  get isOpen(): boolean {
    return this.ended === null && this.socket.readyState === WebSocket.OPEN;
  }

  /** Aborts when the client has gone. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

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

  deliver(events: readonly EventDelivery[]): void {
    if (this.#canWrite()) this.protocol.deliver(events);
  }

  say(event: string, data: unknown, id?: MessageId): void {
    if (this.#canWrite()) this.protocol.say(event, data, id);
  }

  async hasRoom(): Promise<void> {
    while (this.isOpen && this.socket.bufferedAmount > this.connection.bufferMax / 2) {
      // The callback of an empty pong runs once everything before it was handed to the kernel.
      await new Promise<void>((sent) => this.socket.pong(undefined, false, () => sent()));
    }
  }

  endAsTooSlow(): void {
    this.end('TOO_SLOW');
  }

  revoke(): void {
    if (this.session) this.connection.forgetCredential(this.session.credentialId);
    this.end('UNAUTHENTICATED');
  }

  /** Closes with a code that says why, and cuts a client that does not answer. */
  end(cause: CloseCause): void {
    if (this.ended !== null) return;
    this.ended = cause;
    const { code, reason } = closeCodes[cause];
    this.socket.close(code, reason);
    const cut = setTimeout(() => this.socket.terminate(), CLOSE_WITHIN_MS).unref();
    this.socket.once('close', () => clearTimeout(cut));
  }

  /** Cuts a connection that does not answer; a close frame would wait behind everything else. */
  drop(): void {
    this.ended ??= 'UNRESPONSIVE';
    this.socket.terminate();
  }

  /**
   * Ends a connection whose reader is too far behind. Only what was sent before counts: a batch may be larger than the
   * bound, because a reader that has read everything is not slow, and resuming would never get past such a batch.
   */
  #canWrite(): boolean {
    if (!this.isOpen) return false;
    if (this.socket.bufferedAmount <= this.connection.bufferMax) return true;
    this.end('TOO_SLOW');
    return false;
  }
}
