import type { OutgoingEvent } from './broker.queries.js';

/** What other programs subscribe to. */
export const TOPICS = ['task-events', 'reminders', 'task-updates'] as const;

export type Topic = (typeof TOPICS)[number];

/** A reminder that is due soon is told on the topic of reminders, and is no change of the task. */
const REMINDERS = new Set(['task.due_soon']);

/** Where an event goes: every change of a task to task-events, and all that a live client shows to task-updates. */
export function topicsOf(type: string): readonly Topic[] {
  if (REMINDERS.has(type)) return ['reminders', 'task-updates'];
  return type.startsWith('task.') ? ['task-events', 'task-updates'] : ['task-updates'];
}

/** Brokers refuse a batch of more than 1 MiB unless they are told otherwise; this leaves room for its envelope. */
export const MESSAGE_MAX_BYTES = 900 * 1024;

/**
 * The CloudEvent in structured mode. One that is too large for a broker goes without its data and with the place where
 * it can be read (`dataref`), because a message that is never accepted would hold up all after it.
 */
export function messageOf({ body, key }: OutgoingEvent): string {
  const message = `{"partitionkey":${JSON.stringify(key)},${body.slice(1)}`;
  if (Buffer.byteLength(message) <= MESSAGE_MAX_BYTES) return message;
  const event = JSON.parse(message) as Record<string, unknown>;
  delete event['data'];
  delete event['datacontenttype'];
  return JSON.stringify({ ...event, dataref: `/api/v1/${String(event['subject'])}` });
}
