import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { WebSocket, WebSocketServer } from 'ws';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { Fault } from '../faults/fault.js';
import { refuseCredentialInUrl } from '../http/credential-in-url.js';
import { toFault } from '../http/to-fault.js';
import { rawRefusal } from '../http/refusals.js';
import { Metrics } from '../telemetry/metrics.js';
import { closeCodes } from './close-codes.js';
import { originAllowed } from './origin.js';
import { UpgradeMetrics } from './upgrade-metrics.js';

/** Milliseconds for clients to answer the goodbye of a shutdown; who is still there then is cut off. */
const LEAVE_WITHIN_MS = 2_000;

/** What answers WebSockets on one path. */
export interface UpgradeEndpoint {
  /** Begins with a slash, has none at its end. */
  readonly path: string;
  /** Made with `noServer`; its `connection` event gets the socket and the request. */
  readonly server: WebSocketServer;
  /** Asked before the handshake. @throws Fault, which is answered as a problem document */
  readonly admit?: (request: IncomingMessage) => void | Promise<void>;
}

type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

interface Endpoint extends UpgradeEndpoint {
  readonly take: UpgradeListener;
}

function pathOf(request: IncomingMessage): string {
  const { pathname } = new URL(request.url ?? '/', 'ws://here');
  return pathname.length > 1 ? pathname.replace(/\/$/, '') : pathname;
}

/**
 * The one listener for HTTP upgrades. Nest's adapter destroys sockets of paths it does not know, and @fastify/websocket
 * answers all of them: both on one server end each other's connections. So nobody listens but this, and every path has
 * one owner; what has none is a 404.
 */
@Injectable()
export class Upgrades implements BeforeApplicationShutdown {
  readonly #logger = new Logger(Upgrades.name);
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #open = new Set<Duplex>();
  readonly #metrics: UpgradeMetrics;
  #closing = false;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly telemetry: Metrics,
  ) {
    this.#metrics = new UpgradeMetrics(telemetry.registry);
  }

  /** Sockets that are open at the moment, of all paths. */
  get open(): number {
    return this.#open.size;
  }

  /** Takes every upgrade of the HTTP server. Other protocols than WebSocket, such as h2c, stay plain requests. */
  install(server: Server): void {
    Object.assign(server, { shouldUpgradeCallback: isWebSocket });
    server.on('upgrade', this.#onUpgrade);
  }

  /** WebSockets of a path go to this server of `ws`. */
  register(endpoint: UpgradeEndpoint): void {
    const { path, server } = endpoint;
    server.on('wsClientError', (_error: Error, socket: Duplex) => {
      this.#refuse(socket, path, new Fault('VALIDATION_FAILED', 'This is not a valid WebSocket handshake.'));
    });
    const take: UpgradeListener = (request, socket, head) => {
      server.handleUpgrade(request, socket, head, (client: WebSocket) => server.emit('connection', client, request));
    };
    this.#own(endpoint, take);
  }

  /**
   * Moves the listeners that a library has put on the HTTP server by itself (@fastify/websocket does) behind the
   * dispatcher, for one path. To be called once the library is registered.
   */
  adopt(endpoint: UpgradeEndpoint, from: Server): void {
    const listeners = (from.listeners('upgrade') as UpgradeListener[]).filter((one) => one !== this.#onUpgrade);
    for (const listener of listeners) from.off('upgrade', listener);
    this.#own(endpoint, (request, socket, head) => {
      for (const listener of listeners) listener.call(from, request, socket, head);
    });
  }

  /** Tells everybody that this instance stops, waits a moment for them to leave, and cuts off who stays. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#closing = true;
    const { code, reason } = closeCodes.RESTARTING;
    for (const { server } of this.#endpoints.values()) for (const client of server.clients) client.close(code, reason);
    const gone = Promise.all([...this.#open].map((socket) => once(socket, 'close')));
    const patience = new AbortController();
    await Promise.race([gone, delay(LEAVE_WITHIN_MS, null, { signal: patience.signal }).catch(() => null)]);
    patience.abort();
    for (const socket of this.#open) socket.destroy();
  }

  #own(endpoint: UpgradeEndpoint, take: UpgradeListener): void {
    if (this.#endpoints.has(endpoint.path)) throw new Error(`${endpoint.path} has a WebSocket server already.`);
    this.#endpoints.set(endpoint.path, { ...endpoint, take });
    this.#metrics.know(endpoint.path);
  }

  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // Node has taken its own listener off, and an error that nobody hears ends the process.
    socket.on('error', () => socket.destroy());
    void this.#dispatch(request, socket, head);
  };

  async #dispatch(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    let path = '';
    try {
      path = pathOf(request);
      const endpoint = this.#endpointFor(request, path);
      await endpoint.admit?.(request);
      if (socket.destroyed) return;
      if (this.#closing) throw new Fault('SHUTTING_DOWN', undefined, { headers: { 'retry-after': '1' } });
      this.#count(socket, path);
      endpoint.take(request, socket, head);
    } catch (error) {
      this.#refuse(socket, path, toFault(error));
    }
  }

  #endpointFor(request: IncomingMessage, path: string): Endpoint {
    const endpoint = this.#endpoints.get(path);
    if (!endpoint) throw new Fault('NOT_FOUND');
    refuseCredentialInUrl(request.url ?? '');
    if (this.#closing) throw new Fault('SHUTTING_DOWN', undefined, { headers: { 'retry-after': '1' } });
    const { origin, host } = request.headers;
    if (!originAllowed(origin, host, this.config.api.corsOrigins)) {
      throw new Fault('FORBIDDEN', 'Pages of this origin may not connect; CORS_ORIGIN names those that may.');
    }
    if (this.#open.size >= this.config.realtime.socketsMax) {
      throw new Fault('TOO_MANY_CONNECTIONS', undefined, { headers: { 'retry-after': '5' } });
    }
    return endpoint;
  }

  #count(socket: Duplex, path: string): void {
    this.#open.add(socket);
    this.#metrics.opened(path);
    socket.once('close', () => {
      this.#open.delete(socket);
      this.#metrics.closed(path);
    });
  }

  #refuse(socket: Duplex, path: string, fault: Fault): void {
    this.#metrics.refused(this.#endpoints.has(path) ? path : 'other', fault.code.toLowerCase());
    this.telemetry.countFault(fault.code);
    if (fault.code === 'INTERNAL') this.#logger.error({ code: fault.code, error: fault.cause }, fault.detail);
    if (socket.writable) socket.end(rawRefusal(fault, path), () => socket.destroy());
    else socket.destroy();
  }
}

function isWebSocket(request: IncomingMessage): boolean {
  return request.headers.upgrade?.toLowerCase() === 'websocket';
}
