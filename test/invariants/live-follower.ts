import { setTimeout as delay } from 'node:timers/promises';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { LiveAnswer } from '../support/live-client.js';

/** One event as received by a client. */
export interface Heard {
  readonly id: string;
  readonly type: string;
  readonly task: string | null;
}

interface Habits {
  readonly random: () => number;
  /** Ends its connections itself, after 100 to 500 ms each. */
  readonly drops: boolean;
  /** Stops reading now and then. */
  readonly dawdles: boolean;
  /** The planted fault: it subscribes without a cursor and so misses events. */
  readonly forgets: boolean;
}

/** Follows the stream as docs/live.md describes, reconnects after every loss, and records what it receives. */
export class LiveFollower {
  readonly heard: Heard[] = [];
  readonly codes = new Map<number, number>();
  readonly refusals: string[] = [];
  #since: string | null = null;
  #isOver = false;
  #socket: WebSocket | null = null;
  #joined = false;
  readonly #run: Promise<void>;

  constructor(
    /** The ports of the instances; each connection uses one of them. */
    private readonly urls: readonly string[],
    private readonly key: string,
    private readonly habits: Habits,
  ) {
    this.#run = this.#follow();
  }

  get hasJoined(): boolean {
    return this.#joined;
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    this.#socket?.terminate();
    await this.#run;
  }

  /** From now on it keeps its connection, to reach the end. */
  calm = false;

  async #follow(): Promise<void> {
    while (!this.#isOver) {
      const code = await this.#connection();
      this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
      await delay(20 + this.habits.random() * 60);
    }
  }

  #connection(): Promise<number> {
    const { drops, dawdles, forgets, random } = this.habits;
    const url = this.urls[Math.floor(random() * this.urls.length)] ?? '';
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { headers: { 'x-api-key': this.key } });
    this.#socket = socket;
    const timers: NodeJS.Timeout[] = [];
    socket.on('error', () => undefined);
    socket.once('open', () => {
      const since = this.#since === null || forgets ? {} : { since: this.#since };
      socket.send(JSON.stringify({ event: 'subscribe', data: { id: 'all', ...since } }));
      if (drops && !this.calm) timers.push(setTimeout(() => socket.terminate(), 100 + random() * 400));
      if (dawdles && !this.calm) timers.push(setInterval(() => this.#dawdle(socket), 300));
    });
    socket.on('message', (data: Buffer) => this.#hear(socket, JSON.parse(data.toString()) as LiveAnswer));
    return new Promise((resolve) => {
      socket.once('close', (code) => {
        for (const timer of timers) clearInterval(timer);
        resolve(code);
      });
    });
  }

  #hear(socket: WebSocket, { event: kind, data }: LiveAnswer): void {
    if (kind === 'error') {
      this.refusals.push(data.code ?? '');
      socket.terminate();
      return;
    }
    if (kind === 'event') {
      const { id, type, taskid } = data.event as unknown as { id: string; type: string; taskid?: string };
      this.heard.push({ id, type, task: taskid ?? null });
    }
    if (kind === 'subscribed') this.#joined = true;
    if (data.cursor !== undefined) this.#since = data.cursor;
  }

  #dawdle(socket: WebSocket): void {
    const { _socket: tcp } = socket as unknown as { _socket?: Socket };
    tcp?.pause();
    setTimeout(() => tcp?.resume(), 150 + this.habits.random() * 400);
  }
}

export interface Verdict {
  readonly gaps: number;
  readonly foreign: number;
  /** The same event id again, which a client can recognize. */
  readonly repeated: number;
  /** A later event of one task before an earlier one. */
  readonly disorder: number;
}

/** Compares what a client received with what was published for it, in order. */
export function judge(heard: readonly Heard[], published: readonly Heard[]): Verdict {
  const places = new Map(published.map(({ id }, place) => [id, place]));
  const known = heard.filter(({ id }) => places.has(id));
  const first = [...new Map(known.map((event) => [event.id, event])).values()];
  const lastOfTask = new Map<string, number>();
  let disorder = 0;
  for (const { id, task } of first) {
    const place = places.get(id) ?? 0;
    if (task === null) continue;
    if ((lastOfTask.get(task) ?? -1) > place) disorder += 1;
    lastOfTask.set(task, Math.max(place, lastOfTask.get(task) ?? -1));
  }
  return {
    gaps: published.length - first.length,
    foreign: heard.length - known.length,
    repeated: known.length - first.length,
    disorder,
  };
}
