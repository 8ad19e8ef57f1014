import { Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import { LiveClients } from '../realtime/live-clients.js';
import { MESSAGE_MAX } from '../realtime/live-message.js';
import { Upgrades } from '../realtime/upgrades.js';
import { GRAPHQL_PATH, GraphqlEndpoint } from './graphql-endpoint.js';
import type { SubscriptionServer } from './subscription-server.js';

const PROTOCOL = 'graphql-transport-ws';

/** GraphQL subscriptions on the port of the service. The first connection loads the libraries. */
@Injectable()
export class GraphqlSocket {
  #loading: Promise<SubscriptionServer> | null = null;

  constructor(
    private readonly upgrades: Upgrades,
    private readonly clients: LiveClients,
    private readonly endpoint: GraphqlEndpoint,
  ) {}

  install(): void {
    const server = new WebSocketServer({
      noServer: true,
      maxPayload: MESSAGE_MAX,
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
    });
    let subscriptions: SubscriptionServer | null = null;
    server.on('connection', (socket: WebSocket, request: IncomingMessage) => {
      subscriptions?.open(socket, this.clients.add(socket, request));
    });
    const admit = async (request: IncomingMessage): Promise<void> => {
      await this.clients.admit(request);
      subscriptions ??= await this.#load();
    };
    this.upgrades.register({ path: GRAPHQL_PATH, server, admit });
  }

  #load(): Promise<SubscriptionServer> {
    this.#loading ??= Promise.all([import('./subscription-server.js'), this.endpoint.service()])
      .then(([{ SubscriptionServer }, service]) => new SubscriptionServer(service, this.clients))
      .catch((error: unknown) => {
        this.#loading = null;
        throw error;
      });
    return this.#loading;
  }
}
