import type { WebSocket } from 'ws';
import type { EventDelivery } from '../events/event-listener.js';
import type { PublishedEvent } from '../events/event.js';
import type { LiveProtocol, MessageId } from './live-client.js';

const TEXT = { binary: false } as const;

/** Connections whose subscriptions have the same names get the same bytes: one frame is built for all of them. */
const frames = new WeakMap<PublishedEvent, Map<string, Buffer>>();

function frameOf({ event, ids }: EventDelivery): Buffer {
  const list = JSON.stringify(ids);
  let known = frames.get(event);
  if (!known) frames.set(event, (known = new Map<string, Buffer>()));
  const found = known.get(list);
  if (found) return found;
  const cursor = JSON.stringify(event.cursor);
  const frame = Buffer.from(`{"event":"event","data":{"ids":${list},"cursor":${cursor},"event":${event.json}}}`);
  known.set(list, frame);
  return frame;
}

/** The messages of `/ws`, in the shape of Nest's adapters. */
export class JsonProtocol implements LiveProtocol {
  constructor(private readonly socket: WebSocket) {}

  deliver(events: readonly EventDelivery[]): void {
    for (const delivery of events) this.socket.send(frameOf(delivery), TEXT);
  }

  say(event: string, data: unknown, id?: MessageId): void {
    this.socket.send(JSON.stringify(id === undefined ? { event, data } : { event, id, data }), TEXT);
  }
}
