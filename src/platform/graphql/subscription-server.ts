import { Logger } from '@nestjs/common';
import type { ExecutionArgs, GraphQLFormattedError } from 'graphql';
import { GraphQLError } from 'graphql';
import type { Server, SubscribePayload } from 'graphql-ws';
import { CloseCode, makeServer } from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';
import type { LiveClient } from '../realtime/live-client.js';
import type { LiveClients } from '../realtime/live-clients.js';
import type { GraphqlService } from './graphql-service.js';
import type { ResultQueue } from './result-queue.js';
import { ReportedProblem, SubscriptionConnection } from './subscription-connection.js';

const TEXT = { binary: false } as const;

/** The names under which clients send a credential in the first message, in lower case. */
const CREDENTIALS = ['token', 'apikey', 'x-api-key', 'authorization'];

/** Reads the credential from the first message, because browsers cannot send headers with a WebSocket. */
function tokenOf(params: Readonly<Record<string, unknown>> = {}): string | null {
  // Clients copy header names in the case that their documentation shows: Authorization, X-API-Key.
  const byName = new Map(Object.entries(params).map(([name, value]) => [name.toLowerCase(), value]));
  const found = CREDENTIALS.map((name) => byName.get(name)).find((value) => value !== undefined);
  return typeof found === 'string' ? found.replace(/^Bearer +/i, '') : null;
}

/**
 * Adds an empty query to a request that sends only the hash of a persisted document. Without a query, graphql-ws closes
 * the connection.
 */
function addEmptyQuery(key: string, value: unknown): unknown {
  const { query, extensions } = (value ?? {}) as { query?: unknown; extensions?: { persistedQuery?: unknown } | null };
  const isByHash = key === 'payload' && query === undefined && extensions?.persistedQuery !== undefined;
  return isByHash ? { ...(value as object), query: '' } : value;
}

interface Extra {
  readonly connection: SubscriptionConnection;
}

/** Serves graphql-transport-ws with graphql-ws. The limits and credentials of live connections apply. */
export class SubscriptionServer {
  readonly #logger = new Logger(SubscriptionServer.name);
  readonly #server: Server<Extra>;

  constructor(
    private readonly service: GraphqlService,
    private readonly clients: LiveClients,
  ) {
    this.#server = makeServer<Record<string, unknown>, Extra>({
      // LiveClients closes connections that do not authenticate in time, with the same code on every path.
      connectionInitWaitTimeout: 0,
      jsonMessageReviver: addEmptyQuery,
      onConnect: ({ connectionParams, extra }) => this.#authenticate(extra.connection.client, connectionParams),
      onSubscribe: ({ extra }, id, payload) => this.#read(extra.connection, id, payload),
      subscribe: ({ contextValue }) => (contextValue as () => ResultQueue)(),
      onError: ({ extra }, _id, _payload, errors) => this.#answered(extra.connection, errors),
    });
  }

  open(socket: WebSocket, client: LiveClient): void {
    const connection = new SubscriptionConnection(client);
    client.protocol = connection;
    // An error is followed by `close`, which is handled below.
    socket.on('error', () => undefined);
    const closed = this.#server.opened(
      {
        protocol: socket.protocol,
        // Not awaited: LiveClient bounds the buffer of the reader.
        send: (text) => {
          if (client.isOpen) socket.send(text, TEXT);
        },
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) => this.#onMessage(socket, client, handle),
      },
      { connection },
    );
    socket.once('close', (code: number, reason: Buffer) => void closed(code, reason.toString()));
  }

  #onMessage(socket: WebSocket, client: LiveClient, handle: (text: string) => Promise<void>): void {
    socket.on('message', (data: RawData) => {
      client.silent = false;
      if (!client.isOpen) return;
      if (!client.rate.take()) {
        client.end('TOO_MANY_MESSAGES');
        return;
      }
      handle((data as Buffer).toString()).catch((error: unknown) => {
        this.#logger.error({ requestId: client.request.id, error }, 'a message of a GraphQL subscription failed');
        socket.close(CloseCode.InternalServerError, 'Internal server error');
      });
    });
  }

  async #authenticate(client: LiveClient, params?: Readonly<Record<string, unknown>>): Promise<boolean> {
    try {
      const token = tokenOf(params);
      if (token !== null && !client.session) await this.clients.authenticate(client, token);
    } catch {
      return false;
    }
    return client.session !== null;
  }

  #read(
    connection: SubscriptionConnection,
    id: string,
    { query, ...others }: SubscribePayload,
  ): ExecutionArgs | readonly GraphQLError[] {
    const { client } = connection;
    const payload = query === '' ? others : { query, ...others };
    try {
      if (!client.session) throw new Error('A connection without a session was acknowledged.');
      const running = this.service.subscription(payload, { client, session: client.session, id });
      const { schema } = this.service;
      return { schema, document: running.document, contextValue: () => connection.start(id, running) };
    } catch (error) {
      return [new GraphQLError('refused', { originalError: error as Error })];
    }
  }

  /** Errors in the form of POST /graphql. */
  #answered({ client }: SubscriptionConnection, errors: readonly GraphQLError[]): GraphQLFormattedError[] {
    return errors.flatMap(({ originalError }) =>
      originalError instanceof ReportedProblem
        ? [originalError.answered]
        : (this.service.refused(originalError, client.request.id) as GraphQLFormattedError[]),
    );
  }
}
