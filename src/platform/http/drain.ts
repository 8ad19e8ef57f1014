import { Inject, Injectable, Logger } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Server as TlsServer } from 'node:tls';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';

/** Milliseconds for requests in flight to finish after the server has stopped accepting. Then they are cut off. */
const FINISH_WITHIN_MS = 15_000;

/**
 * Milliseconds that the listener stays open at least, and that idle connections have to close. A request that was sent
 * before its client could know of the shutdown is answered; a listener that closes at once resets it.
 */
const GRACE_MS = 500;

/**
 * Shuts an instance down without a failed request: it reports that it is not ready, gives load balancers time to notice,
 * stops accepting, finishes the requests in flight and closes the database.
 */
@Injectable()
export class Drain {
  readonly #logger = new Logger(Drain.name);
  readonly #connections = new Map<Socket, number>();
  #started = false;

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  get started(): boolean {
    return this.#started;
  }

  /** Reports that the instance is not ready, and asks clients to open their next connection elsewhere. */
  begin(): void {
    this.#started = true;
  }

  install(server: FastifyInstance): void {
    server.addHook('onSend', (_request, reply, payload, done) => {
      if (this.#started) reply.header('connection', 'close');
      done(null, payload);
    });
    this.#watch(server.server);
  }

  /** A connection that became a WebSocket is closed by its owner, with a code that tells its client to connect again. */
  handOver(socket: Socket): void {
    this.#connections.delete(socket);
  }

  async close(app: INestApplication, finishWithinMs = FINISH_WITHIN_MS): Promise<void> {
    this.begin();
    this.#logger.log('draining');
    await delay(Math.max(this.config.api.drainMs, GRACE_MS));
    const server = app.getHttpServer() as Server;
    await this.#endIdleConnections();
    const cut = setTimeout(() => {
      this.#logger.warn('requests still in flight are cut off');
      server.closeAllConnections();
    }, finishWithinMs);
    try {
      await app.close();
    } finally {
      clearTimeout(cut);
    }
  }

  /** Counts the requests of every connection that are not answered yet. */
  #watch(server: Server): void {
    // The socket of a request over TLS is the one of this event, not the one beneath it.
    server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.#connections.set(socket, 0);
      socket.once('close', () => this.#connections.delete(socket));
    });
    server.on('request', ({ socket }, response) => {
      const change = (by: number): void => {
        const open = this.#connections.get(socket);
        if (open !== undefined) this.#connections.set(socket, open + by);
      };
      change(1);
      response.once('close', () => change(-1));
    });
  }

  /** Closes our side of connections without a request, and lets clients close theirs: closing both at once is a reset. */
  async #endIdleConnections(): Promise<void> {
    const idle = [...this.#connections].filter(([, requests]) => requests === 0).map(([socket]) => socket);
    const gone = Promise.all(idle.map((socket) => once(socket, 'close').catch(() => undefined)));
    for (const socket of idle) socket.end();
    const patience = new AbortController();
    await Promise.race([gone, delay(GRACE_MS, null, { signal: patience.signal }).catch(() => null)]);
    patience.abort();
  }
}
