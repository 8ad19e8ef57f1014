import type { PublishedEvent } from '../events/event.js';

/** The message that carries one event. The event's own text goes through as it is, and equal messages are built once. */
export class EventFrames {
  readonly #frames = new Map<string, Buffer>();

  constructor(private readonly event: PublishedEvent) {}

  /** For a client that gets it through these subscriptions. */
  for(ids: readonly string[]): Buffer {
    const list = JSON.stringify(ids);
    const known = this.#frames.get(list);
    if (known) return known;
    const { cursor, json } = this.event;
    const text = `{"event":"event","data":{"ids":${list},"cursor":${JSON.stringify(cursor)},"event":${json}}}`;
    const frame = Buffer.from(text);
    this.#frames.set(list, frame);
    return frame;
  }
}
