import { Inject, Injectable, Logger } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';

/** Milliseconds for requests in flight to finish after the server has stopped accepting. Then they are cut off. */
const FINISH_WITHIN_MS = 15_000;

/**
 * Shuts an instance down without a failed request: it reports that it is not ready, gives load balancers time to notice,
 * stops accepting, finishes the requests in flight and closes the database.
 */
@Injectable()
export class Drain {
  readonly #logger = new Logger(Drain.name);
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
  }

  async close(app: INestApplication, finishWithinMs = FINISH_WITHIN_MS): Promise<void> {
    this.begin();
    this.#logger.log('draining');
    if (this.config.api.drainMs > 0) await delay(this.config.api.drainMs);
    const server = app.getHttpServer() as Server;
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
}
