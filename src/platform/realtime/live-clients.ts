import type { OnModuleDestroy } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { Authenticator } from '../credentials/authenticator.js';
import type { Identity } from '../auth/identity.js';
import { refuseIngestKey } from '../credentials/ingest-access.js';
import { refuseForeignNetwork } from '../credentials/key-networks.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { EventFeed } from '../events/event-feed.js';
import { Fault } from '../faults/fault.js';
import { newRequestId } from '../http/request-id.js';
import { Metrics } from '../telemetry/metrics.js';
import { clientAddress } from '../http/client-address.js';
import { JsonProtocol } from './json-protocol.js';
import { LiveClient } from './live-client.js';
import { MESSAGE_MAX } from './live-message.js';
import { LiveMetrics } from './live-metrics.js';

/** Rounds per heartbeat. Each pings a part of the clients, so that thousands are not pinged at the same moment. */
const ROUNDS = 25;
/** The part of all sockets that may have no credential, because anybody can open those. */
const STRANGERS = 0.25;

/** The live connections of this instance: admission, authentication, limits and heartbeat. */
@Injectable()
export class LiveClients implements OnModuleDestroy {
  readonly metrics: LiveMetrics;
  readonly #clients = new Set<LiveClient>();
  readonly #perUser = new Map<string, number>();
  readonly #identities = new WeakMap<IncomingMessage, Identity>();
  readonly #timer: NodeJS.Timeout;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly authenticator: Authenticator,
    private readonly feed: EventFeed,
    { registry }: Metrics,
  ) {
    const sum = (of: (client: LiveClient) => number): number =>
      [...this.#clients].reduce((total, client) => total + of(client), 0);
    this.metrics = new LiveMetrics(
      registry,
      () => sum((client) => client.subscriptions.size),
      () => sum((client) => client.socket.bufferedAmount),
    );
    this.#timer = setInterval(() => this.#round(), config.realtime.heartbeatMs / ROUNDS).unref();
  }

  [Symbol.iterator](): Iterator<LiveClient> {
    return this.#clients.values();
  }

  get size(): number {
    return this.#clients.size;
  }

  /**
   * Runs before the handshake and authenticates the headers. Browsers cannot send any, so a client may also authenticate with
   * its first message.
   * @throws Fault UNAUTHENTICATED, RATE_LIMITED, TOO_MANY_CONNECTIONS
   */
  async admit(request: IncomingMessage): Promise<void> {
    const identity = await this.authenticator.identify(request.headers);
    if (identity) {
      refuseIngestKey(identity);
      refuseForeignNetwork(identity, clientAddress(request, this.config.api.trustedProxies));
      this.#assertRoom(identity);
      this.#identities.set(request, identity);
      return;
    }
    const strangers = [...this.#clients].filter(({ session }) => session === null).length;
    if (strangers >= this.#strangersMax) {
      throw new Fault('TOO_MANY_CONNECTIONS', 'Send X-API-Key or Authorization: Bearer, or try again later.', {
        headers: { 'retry-after': '5' },
      });
    }
  }

  /** After the handshake. */
  add(socket: WebSocket, request: IncomingMessage): LiveClient {
    const info = {
      id: newRequestId(),
      ip: clientAddress(request, this.config.api.trustedProxies),
      userAgent: request.headers['user-agent']?.slice(0, 500) ?? null,
    };
    const client = new LiveClient({
      socket,
      request: info,
      protocol: new JsonProtocol(socket),
      bufferMax: this.config.realtime.bufferMax,
      forgetCredential: (credentialId) => this.authenticator.forgetCredential(credentialId),
    });
    client.pingAt = Date.now() + Math.random() * this.config.realtime.heartbeatMs;
    const identity = this.#identities.get(request);
    if (identity) this.#become(client, identity);
    this.#clients.add(client);
    this.feed.add(client);
    socket.on('pong', () => (client.silent = false));
    socket.once('close', () => this.#remove(client));
    return client;
  }

  /**
   * Authenticates a message. A second credential must belong to the same user.
   * @throws Fault UNAUTHENTICATED, FORBIDDEN, RATE_LIMITED
   */
  async authenticate(client: LiveClient, token: string): Promise<Identity> {
    const identity = await this.authenticator.identify({ authorization: `Bearer ${token}` });
    if (!identity) throw new Fault('UNAUTHENTICATED');
    refuseIngestKey(identity);
    refuseForeignNetwork(identity, client.request.ip);
    if (client.session && client.session.userId !== identity.userId) {
      throw new Fault('FORBIDDEN', 'This connection belongs to somebody else; open another one.');
    }
    if (!client.session) this.#assertRoom(identity);
    // A client that has left during the look-up would be counted for ever.
    if (client.isOpen) this.#become(client, identity);
    return identity;
  }

  /** Each of them may make the service hold one message. */
  get #strangersMax(): number {
    const { realtime, http } = this.config;
    return Math.min(Math.ceil(realtime.socketsMax * STRANGERS), Math.floor(http.anonymousBytesMax / MESSAGE_MAX));
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  #assertRoom({ userId }: Identity): void {
    const { socketsPerUserMax } = this.config.realtime;
    if ((this.#perUser.get(userId) ?? 0) < socketsPerUserMax) return;
    throw new Fault('RATE_LIMITED', `A user may have ${socketsPerUserMax} connections here.`, {
      headers: { 'retry-after': '30' },
    });
  }

  #become(client: LiveClient, identity: Identity): void {
    if (!client.session) this.#perUser.set(identity.userId, (this.#perUser.get(identity.userId) ?? 0) + 1);
    client.become(identity);
  }

  #remove(client: LiveClient): void {
    this.#clients.delete(client);
    this.feed.remove(client);
    this.metrics.closed(client.ended ?? 'client');
    client.subscriptions.clear();
    if (!client.session) return;
    const { userId } = client.session;
    const left = (this.#perUser.get(userId) ?? 1) - 1;
    if (left > 0) this.#perUser.set(userId, left);
    else this.#perUser.delete(userId);
  }

  /** Closes silent, unauthenticated and expired connections, and pings those of this round. */
  #round(): void {
    const now = Date.now();
    const { heartbeatMs, authenticateMs } = this.config.realtime;
    const due: LiveClient[] = [];
    for (const client of this.#clients) {
      if (!client.isOpen) continue;
      if (!client.session && now - client.openedAt > authenticateMs) client.end('UNAUTHENTICATED');
      else if (client.expiresAt !== null && client.expiresAt <= now) client.end('UNAUTHENTICATED');
      else if (client.pingAt <= now) {
        if (client.silent) client.drop();
        else due.push(client);
        client.pingAt = now + heartbeatMs;
      }
    }
    for (const client of due) {
      client.silent = true;
      client.socket.ping();
    }
    if (due.length > 0) void this.feed.checkCredentials(due);
  }
}
