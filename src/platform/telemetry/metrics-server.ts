import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { Metrics } from './metrics.js';

const REQUEST_ARRIVES_MS = 5_000;
const CONNECTIONS_MAX = 50;

function say(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers }).end(`${text}\n`);
}

/** Serves /metrics on its own port, so that Prometheus needs no credential and the public edge cannot reach it. */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(MetricsServer.name);
  #server: Server | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly metrics: Metrics,
  ) {}

  /** The URL of the metrics; null when they are off or their port is taken. */
  get url(): string | null {
    const address = this.#server?.address() as AddressInfo | null | undefined;
    if (!address) return null;
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `http://${host}:${address.port}/metrics`;
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.metrics.enabled) return;
    const server = createServer((request, response) => void this.#answer(request, response));
    server.headersTimeout = server.requestTimeout = REQUEST_ARRIVES_MS;
    server.maxConnections = CONNECTIONS_MAX;
    try {
      server.listen(this.config.metrics.port, this.config.api.host);
      await once(server, 'listening');
      server.on('error', (error) => this.#logger.error({ error }, 'the metrics listener failed'));
      this.#server = server;
    } catch (error) {
      // The service starts without its metrics; Prometheus alerts on a missing target.
      this.#logger.error({ error }, `metrics are not served: METRICS_PORT ${this.config.metrics.port} cannot be used`);
    }
  }

  /** Runs last, so that the final scrape sees the shutdown. */
  async onApplicationShutdown(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url?.split('?', 1)[0] !== '/metrics') {
      say(response, 404, 'Only /metrics is served here.');
      return;
    }
    if (request.method !== 'GET') {
      say(response, 405, 'Only GET is answered here.', { allow: 'GET' });
      return;
    }
    try {
      const text = await this.metrics.text();
      response.writeHead(200, { 'content-type': this.metrics.contentType }).end(text);
    } catch (error) {
      this.#logger.error({ error }, 'metrics could not be collected');
      say(response, 500, 'The metrics could not be collected.');
    }
  }
}
