import type { OutgoingEvent } from './broker.queries.js';

/** The topics that other programs subscribe to. */
export const TOPICS = ['task-events', 'reminders', 'task-updates'] as const;

export type Topic = (typeof TOPICS)[number];

/** These go to the topic of reminders, and are no changes of a task. */
const REMINDERS = new Set(['task.due_soon']);

/** The topics of an event: changes of tasks go to task-events, and every event goes to task-updates. */
export function topicsOf(type: string): readonly Topic[] {
  if (REMINDERS.has(type)) return ['reminders', 'task-updates'];
  return type.startsWith('task.') ? ['task-events', 'task-updates'] : ['task-updates'];
}

/** Brokers refuse batches of more than 1 MiB by default; this leaves room for the envelope. */
export const MESSAGE_MAX_BYTES = 900 * 1024;

/**
 * The CloudEvent in structured mode. An event that is too large for a broker is sent without its data and with the path to
 * read it at (`dataref`), because a message that is never accepted would block all that follow.
 */
export function messageOf({ body, key }: OutgoingEvent): string {
  const message = `{"partitionkey":${JSON.stringify(key)},${body.slice(1)}`;
  if (Buffer.byteLength(message) <= MESSAGE_MAX_BYTES) return message;
  const event = JSON.parse(message) as Record<string, unknown>;
  delete event['data'];
  delete event['datacontenttype'];
  return JSON.stringify({ ...event, dataref: `/api/v1/${String(event['subject'])}` });
}
