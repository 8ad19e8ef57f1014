import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { ClientConfig } from '../config/client.js';
import type { Credential } from './credential.js';
import { CommandFailure, EXIT } from './exit.js';
import { onOneLine } from './printable.js';

const RETRY_MS = [100, 500, 1_000, 2_000, 5_000] as const;
/** Ids of events that are remembered, so that none is shown twice after a reconnect. */
const REMEMBERED = 1_000;
const UNAUTHENTICATED = 4401;

/** An event as received, with the attributes of every CloudEvent. */
export interface WatchedEvent {
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly subject: string;
  readonly projectkey?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

interface Message {
  readonly event: string;
  readonly data: {
    readonly cursor?: string;
    readonly event?: WatchedEvent;
    readonly code?: string;
    readonly detail?: string;
    readonly status?: number;
  };
}

interface Watch {
  readonly filter: { readonly projectKey?: string; readonly taskId?: string; readonly types?: readonly string[] };
  readonly since: string | null;
  /** False stops listening. */
  readonly onEvent: (event: WatchedEvent) => boolean;
}

/** Listens to events until it is stopped. It reconnects and resumes, so no event is missed. */
export class LiveWatch {
  readonly #seen: string[] = [];
  #cursor: string | null;
  #failure: CommandFailure | null = null;
  #isDone = false;
  #attempt = 0;

  constructor(
    private readonly config: ClientConfig,
    private readonly credential: Credential,
    private readonly watch: Watch,
  ) {
    this.#cursor = watch.since;
  }

  /** @throws CommandFailure when the service refuses or was never reached */
  async run(): Promise<void> {
    if (!(await this.#connect())) throw this.#failure ?? this.#unreachable();
    while (!this.#hasEnded()) {
      await delay(RETRY_MS[Math.min(this.#attempt, RETRY_MS.length - 1)]);
      this.#attempt += 1;
      await this.#connect();
    }
  }

  #hasEnded(): boolean {
    if (this.#failure) throw this.#failure;
    return this.#isDone;
  }

  #unreachable(): CommandFailure {
    const message = `The service at ${this.config.url} cannot be reached; is it running (npm start)?`;
    return new CommandFailure(message, EXIT.unavailable);
  }

  /** Runs one connection until it closes. Returns whether it was opened. */
  async #connect(): Promise<boolean> {
    const { url } = this.config;
    const headers = await this.credential();
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, { headers });
    let opened = false;
    socket.once('open', () => {
      opened = true;
      const since = this.#cursor === null ? {} : { since: this.#cursor };
      socket.send(JSON.stringify({ event: 'subscribe', data: { id: 'watch', ...this.watch.filter, ...since } }));
    });
    socket.on('message', (text: Buffer) => this.#receive(socket, JSON.parse(text.toString()) as Message));
    socket.on('unexpected-response', (_request, { statusCode = 0 }) => {
      if (statusCode < 500) this.#failure = new CommandFailure(`The service answered ${statusCode}.`, EXIT.refused);
      socket.terminate();
    });
    // An error is followed by `close`.
    socket.on('error', () => undefined);
    return new Promise((resolve) => {
      socket.once('close', (code) => {
        if (code === UNAUTHENTICATED) this.#failure ??= new CommandFailure('The credential ended.', EXIT.refused);
        resolve(opened);
      });
    });
  }

  #receive(socket: WebSocket, { event: kind, data }: Message): void {
    if (this.#isDone) return;
    if (kind === 'error') {
      const unavailable = (data.status ?? 0) >= 500;
      if (!unavailable) this.#failure = new CommandFailure(onOneLine(data.detail ?? 'refused'), EXIT.refused, data);
      socket.close();
      return;
    }
    if (kind === 'subscribed') this.#attempt = 0;
    if (kind === 'event' && data.event && !this.#isKnown(data.event.id)) {
      this.#isDone = !this.watch.onEvent(data.event);
    }
    if (data.cursor !== undefined && (kind === 'event' || kind === 'subscribed')) {
      this.#cursor = data.cursor;
    }
    if (this.#isDone) socket.close();
  }

  #isKnown(id: string): boolean {
    if (this.#seen.includes(id)) return true;
    this.#seen.push(id);
    if (this.#seen.length > REMEMBERED) this.#seen.shift();
    return false;
  }
}
