import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { WebSocket, WebSocketServer } from 'ws';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { CloudflareAccess } from '../credentials/cloudflare-access.js';
import { Fault } from '../faults/fault.js';
import { Drain } from '../http/drain.js';
import { refuseCredentialInUrl } from '../http/credential-in-url.js';
import { requireHttps } from '../http/secure-transport.js';
import { toFault } from '../http/to-fault.js';
import { rawRefusal } from '../http/refusals.js';
import { Metrics } from '../telemetry/metrics.js';
import { closeCodes } from './close-codes.js';
import { originAllowed } from '../http/origin.js';
import { UpgradeMetrics } from './upgrade-metrics.js';

/** Milliseconds for the closing handshakes of a shutdown, before connections are cut. */
const LEAVE_WITHIN_MS = 2_000;

/** The WebSocket server of one path. */
export interface UpgradeEndpoint {
  /** Starts with a slash and does not end with one. */
  readonly path: string;
  /** Created with `noServer`; its `connection` event gets the socket and the request. */
  readonly server: WebSocketServer;
  /** Runs before the handshake. @throws Fault, which is answered as a problem document */
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
 * The only listener for HTTP upgrades. Nest's adapter destroys sockets of unknown paths, and @fastify/websocket answers all
 * of them, so on one server each closes the connections of the other. Here every path has one owner; other paths are a 404.
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
    private readonly drain: Drain,
    private readonly access: CloudflareAccess,
  ) {
    this.#metrics = new UpgradeMetrics(telemetry.registry);
  }

  /** The number of open sockets on all paths. */
  get open(): number {
    return this.#open.size;
  }

  /** Handles every WebSocket upgrade of the HTTP server. Other protocols, such as h2c, stay plain requests. */
  install(server: Server): void {
    Object.assign(server, { shouldUpgradeCallback: isWebSocket });
    server.on('upgrade', this.#onUpgrade);
  }

  /** Passes the WebSockets of a path to a server of `ws`. */
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
   * Takes over the upgrade listeners that a library has added to the HTTP server (@fastify/websocket does) for one path. Must
   * be called after the library is registered.
   */
  adopt(endpoint: UpgradeEndpoint, from: Server): void {
    const listeners = (from.listeners('upgrade') as UpgradeListener[]).filter((one) => one !== this.#onUpgrade);
    for (const listener of listeners) from.off('upgrade', listener);
    this.#own(endpoint, (request, socket, head) => {
      for (const listener of listeners) listener.call(from, request, socket, head);
    });
  }

  /** Closes all connections with a code that asks them to reconnect, and cuts those that do not answer in time. */
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
    // Node has removed its own listener, and an unhandled error would end the process.
    socket.on('error', () => socket.destroy());
    if (socket instanceof Socket) this.drain.handOver(socket);
    void this.#dispatch(request, socket, head);
  };

  async #dispatch(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    let path = '';
    try {
      path = pathOf(request);
      const endpoint = this.#endpointFor(request, path);
      await this.access.admit(request.headers);
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
    requireHttps(request, this.config.api.trustedProxies);
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
