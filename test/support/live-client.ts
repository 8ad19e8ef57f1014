import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { closing } from './web-socket.js';

/** A CloudEvent as it arrives. */
export interface LiveEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly source: string;
  readonly specversion: string;
  readonly teamid?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A message of the service. */
export interface LiveAnswer {
  readonly event: string;
  readonly id?: string | number;
  readonly data: {
    readonly id?: string;
    readonly ids?: readonly string[];
    readonly cursor?: string;
    readonly event?: LiveEvent;
    readonly code?: string;
    readonly status?: number;
    readonly detail?: string;
    readonly errors?: readonly { path: string; code: string }[];
    readonly subscription?: string;
    readonly userId?: string;
    readonly expiresAt?: string | null;
  };
}

const PATIENCE_MS = 20_000;

/** A client of /ws that records everything it receives. */
export class LiveTestClient {
  readonly answers: LiveAnswer[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;

  private constructor(readonly socket: WebSocket) {
    this.closed = closing(socket);
    socket.on('message', (data: Buffer) => this.answers.push(JSON.parse(data.toString()) as LiveAnswer));
    socket.on('error', () => undefined);
  }

  static async open(url: string, key?: string, headers: Record<string, string> = {}): Promise<LiveTestClient> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, {
      headers: { ...(key === undefined ? {} : { 'x-api-key': key }), ...headers },
    });
    const client = new LiveTestClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
    });
    return client;
  }

  send(event: string, data: unknown, id?: string | number): void {
    this.socket.send(JSON.stringify({ event, data, ...(id === undefined ? {} : { id }) }));
  }

  /** Sends a message and waits for its answer. */
  async ask(event: string, data: unknown): Promise<LiveAnswer> {
    const id = `q${this.answers.length}-${Math.random()}`;
    this.send(event, data, id);
    return this.until((answer) => answer.id === id);
  }

  /** The first matching answer, past or future. */
  async until(fits: (answer: LiveAnswer) => boolean): Promise<LiveAnswer> {
    const deadline = Date.now() + PATIENCE_MS;
    for (let looked = 0; ;) {
      for (; looked < this.answers.length; looked += 1) if (fits(this.answers[looked]!)) return this.answers[looked]!;
      if (Date.now() > deadline || this.socket.readyState === WebSocket.CLOSED) {
        throw new Error(`It did not come: ${fits.toString()}; got ${JSON.stringify(this.answers).slice(-2000)}`);
      }
      await delay(5);
    }
  }

  /** All CloudEvents received for a subscription. */
  events(subscription?: string): LiveEvent[] {
    return this.answers.flatMap(({ event, data }) =>
      event === 'event' && (subscription === undefined || data.ids?.includes(subscription)) ? [data.event!] : [],
    );
  }

  /** Waits for an event of this type about this record. */
  async eventOf(subject: string, type: string): Promise<LiveAnswer> {
    return this.until(({ data }) => data.event?.type === type && data.event.subject.endsWith(subject));
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}
