import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { RawData, WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import type { LiveClient } from '../realtime/live-client.js';
import { LiveClients } from '../realtime/live-clients.js';
import { MESSAGE_MAX } from '../realtime/socket-adapter.js';
import { Upgrades } from '../realtime/upgrades.js';
import { GRAPHQL_PATH, GraphqlDoor } from './graphql-door.js';
import type { RunningSubscription } from './subscriber.js';

const PROTOCOL = 'graphql-transport-ws';
const NEEDLESS = { binary: false } as const;

interface Message {
  readonly id?: unknown;
  readonly type?: unknown;
  readonly payload?: unknown;
}

/** What the live feed writes: an event for some subscriptions, or why one ended. */
interface Frame {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>> & { readonly ids?: readonly string[]; readonly event?: object };
}

function read(data: RawData): Message | null {
  try {
    const message: unknown = JSON.parse(Buffer.isBuffer(data) ? data.toString() : '');
    return typeof message === 'object' && message !== null && !Array.isArray(message) ? message : null;
  } catch {
    return null;
  }
}

/** A credential may come in the first message, because browsers cannot send headers with a WebSocket. */
function tokenOf(payload: unknown): string | null {
  if (typeof payload !== 'object' || payload === null) return null;
  const { token, apiKey, authorization, 'x-api-key': header } = payload as Record<string, unknown>;
  const found = token ?? apiKey ?? header ?? authorization;
  return typeof found === 'string' ? found.replace(/^Bearer +/i, '') : null;
}

/** One connection: the messages of graphql-transport-ws in, the frames of the live feed out as `next`. */
class Conversation {
  private readonly running = new Map<string, RunningSubscription>();
  private readonly write: (text: string) => void;
  private acknowledged = false;
  private initialised = false;

  constructor(
    private readonly socket: WebSocket,
    private readonly client: LiveClient,
    private readonly door: GraphqlDoor,
    private readonly clients: LiveClients,
  ) {
    const send = socket.send.bind(socket);
    this.write = (text) => send(text, NEEDLESS, () => undefined);
    // The feed writes to the socket of its client; here its frames take the form of this protocol.
    Object.assign(socket, { send: (frame: string | Buffer) => this.pass(JSON.parse(frame.toString()) as Frame) });
    socket.on('error', () => undefined);
    socket.on('message', (data: RawData) => {
      client.silent = false;
      if (!client.isOpen) return;
      if (client.rate.take()) void this.take(read(data));
      else client.end('TOO_MANY_MESSAGES');
    });
  }

  private say(message: object): void {
    this.write(JSON.stringify(message));
  }

  private async take(message: Message | null): Promise<void> {
    switch (message?.type) {
      case 'connection_init':
        return this.begin(message.payload);
      case 'ping':
        return this.say({ type: 'pong' });
      case 'pong':
        return undefined;
      case 'subscribe':
        return this.subscribe(message);
      case 'complete':
        return this.end(String(message.id));
      default:
        return this.socket.close(4400, 'Invalid message');
    }
  }

  private async begin(payload: unknown): Promise<void> {
    if (this.initialised) return this.socket.close(4429, 'Too many initialisation requests');
    this.initialised = true;
    try {
      const token = tokenOf(payload);
      if (token !== null && !this.client.session) await this.clients.authenticate(this.client, token);
    } catch {
      return this.socket.close(4403, 'Forbidden');
    }
    if (!this.client.session) return this.socket.close(4403, 'Forbidden');
    this.acknowledged = true;
    this.say({ type: 'connection_ack' });
  }

  private async subscribe({ id, payload }: Message): Promise<void> {
    const { session } = this.client;
    if (!this.acknowledged || !session) return this.socket.close(4401, 'Unauthorized');
    if (typeof id !== 'string' || id === '' || id.length > 64) return this.socket.close(4400, 'Invalid message');
    if (this.running.has(id)) return this.socket.close(4409, `Subscriber for ${id} already exists`);
    const service = await this.door.service();
    try {
      const running = service.subscription(payload, { client: this.client, session, id });
      this.running.set(id, running);
      running.start();
    } catch (error) {
      this.running.delete(id);
      this.say({ id, type: 'error', payload: service.refused(error, this.client.request.id) });
    }
  }

  private end(id: string): void {
    this.running.delete(id);
    this.client.subscriptions.delete(id);
  }

  private pass({ event, data }: Frame): void {
    if (event === 'event' && data.event) {
      for (const id of data.ids ?? []) {
        const payload = this.running.get(id)?.result(data.event);
        if (payload) this.say({ id, type: 'next', payload });
      }
      return;
    }
    if (event !== 'error') return;
    const { detail, subscription: id, ...extensions } = data;
    if (typeof id !== 'string' || !this.running.delete(id)) return;
    this.say({ id, type: 'error', payload: [{ message: detail, extensions }] });
  }
}

/** Subscriptions of GraphQL on the service's own port: who may connect and what is sent is decided by the live feed. */
@Injectable()
export class GraphqlSocket {
  constructor(
    private readonly upgrades: Upgrades,
    private readonly clients: LiveClients,
    private readonly door: GraphqlDoor,
  ) {}

  install(): void {
    const server = new WebSocketServer({
      noServer: true,
      maxPayload: MESSAGE_MAX,
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
    });
    server.on('connection', (socket: WebSocket, request: IncomingMessage) => {
      if (socket.protocol === PROTOCOL)
        new Conversation(socket, this.clients.add(socket, request), this.door, this.clients);
      else socket.close(4406, 'Subprotocol not acceptable');
    });
    this.upgrades.register({ path: GRAPHQL_PATH, server, admit: (request) => this.clients.admit(request) });
  }
}
