import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** A CloudEvent as a receiver reads it. */
export interface ReceivedEvent {
  readonly specversion: string;
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly teamid: string;
  readonly cursor?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** One request as it arrived, with its raw body: signatures are over bytes. */
export interface ReceivedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly event: ReceivedEvent;
}

type Reply = (request: ReceivedRequest, answer: ServerResponse) => void;

/** A webhook receiver on loopback that answers as the test specifies. */
export class WebhookReceiver {
  readonly requests: ReceivedRequest[] = [];
  url = '';
  reply: Reply = (_request, answer) => answer.writeHead(204).end();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, answer) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const body = Buffer.concat(parts).toString('utf8');
        const headers = request.headers as Record<string, string>;
        const received = { path: request.url ?? '', headers, body, event: JSON.parse(body) as ReceivedEvent };
        this.requests.push(received);
        this.reply(received, answer);
      });
    });
  }

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    receiver.url = `http://127.0.0.1:${(receiver.#server.address() as AddressInfo).port}`;
    return receiver;
  }

  /** The requests to one path. */
  at(path: string): ReceivedRequest[] {
    return this.requests.filter((request) => request.path === path);
  }

  /** The events of one path, each once. */
  events(path: string): ReceivedEvent[] {
    return [...new Map(this.at(path).map(({ event }) => [event.id, event])).values()];
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Whether the library that receivers use verifies the request. */
export function isGenuine(secret: string, { headers, body }: ReceivedRequest): boolean {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}
