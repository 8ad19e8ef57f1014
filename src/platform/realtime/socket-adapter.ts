import type { WebSocketAdapter, WsMessageHandler } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { Observable } from 'rxjs';
import { firstValueFrom } from 'rxjs';
import type { RawData, WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import { Fault, invalid } from '../faults/fault.js';
import type { LiveClient } from './live-client.js';
import { LiveClients } from './live-clients.js';
import type { LiveMessage } from './live-message.js';
import { MESSAGE_MAX, readMessage } from './live-message.js';
import { SocketFaults } from './socket-faults.js';
import { Upgrades } from './upgrades.js';

type Handlers = ReadonlyMap<string, WsMessageHandler>;
type Transform = (result: unknown) => Observable<unknown>;

interface Reply {
  readonly event: string;
  readonly data: unknown;
}

/**
 * Serves gateways with `ws` on the port of the server. Nest's WsAdapter handles upgrades itself, does not answer unknown
 * messages, and runs messages of a client in parallel even before it has authenticated. This adapter uses the dispatcher of
 * upgrades, answers every message, and limits the rate of messages.
 */
@Injectable()
export class SocketAdapter implements WebSocketAdapter<WebSocketServer, LiveClient> {
  constructor(
    private readonly upgrades: Upgrades,
    private readonly clients: LiveClients,
    private readonly faults: SocketFaults,
  ) {}

  create(_port: number, { path }: { path?: string } = {}): WebSocketServer {
    // Compression costs 300 kB and more for each connection, and messages are short.
    // Pings count as messages and are answered below; the limit of the library would close without a code.
    const options = { noServer: true, maxPayload: MESSAGE_MAX, perMessageDeflate: false, autoPong: false };
    const server = new WebSocketServer(options);
    this.upgrades.register({ path: path ?? '/', server, admit: (request) => this.clients.admit(request) });
    return server;
  }

  bindClientConnect(server: WebSocketServer, callback: (client: LiveClient) => void): void {
    server.on('connection', (socket: WebSocket, request: IncomingMessage) => {
      // An error is followed by `close`, which is handled.
      socket.on('error', () => undefined);
      callback(this.clients.add(socket, request));
    });
  }

  bindClientDisconnect(client: LiveClient, callback: () => void): void {
    client.socket.once('close', callback);
  }

  bindMessageHandlers(client: LiveClient, handlers: WsMessageHandler[], transform: Transform): void {
    const known: Handlers = new Map(handlers.map((handler) => [handler.message, handler]));
    let turn: Promise<void> = Promise.resolve();
    client.socket.on('message', (data: RawData, isBinary: boolean) => {
      client.silent = false;
      if (!this.#accepts(client)) return;
      const run = (): Promise<void> => this.#handle(client, known, transform, isBinary ? null : textOf(data));
      // Messages before authentication run one after the other, so that those after "authenticate" find it done.
      if (client.session) void run();
      else turn = turn.then(run);
    });
    client.socket.on('ping', (data: Buffer) => {
      client.silent = false;
      if (this.#accepts(client)) client.socket.pong(data);
    });
  }

  async close(server: WebSocketServer): Promise<void> {
    for (const socket of server.clients) socket.terminate();
    await new Promise<void>((closed) => server.close(() => closed()));
  }

  async dispose(): Promise<void> {
    // The application closes the HTTP server and the dispatcher of upgrades.
  }

  #accepts(client: LiveClient): boolean {
    if (!client.isOpen) return false;
    if (client.rate.take()) return true;
    client.end('TOO_MANY_MESSAGES');
    return false;
  }

  async #handle(client: LiveClient, known: Handlers, transform: Transform, text: string | null): Promise<void> {
    if (!client.isOpen) return;
    let message: LiveMessage | null = null;
    try {
      if (text === null) throw new Fault('MALFORMED_BODY', 'Messages are text, not binary.');
      message = readMessage(text);
      const handler = known.get(message.event);
      this.clients.metrics.received(handler ? message.event : 'unknown');
      if (!handler) throw unknownMessage(known);
      const result = handler.callback(message.data, message) as unknown;
      const reply = (await firstValueFrom(transform(result), { defaultValue: undefined })) as Reply | undefined;
      if (reply) client.say(reply.event, reply.data, message.id);
    } catch (error) {
      this.faults.report(client, error, message?.id);
    }
  }
}

function textOf(data: RawData): string {
  return Array.isArray(data) ? Buffer.concat(data).toString() : Buffer.from(data as Buffer).toString();
}

function unknownMessage(known: Handlers): Fault {
  const names = [...known.keys()].join(', ');
  return invalid([{ path: 'event', message: `event must be one of ${names}`, code: 'UNKNOWN_MESSAGE' }]);
}
