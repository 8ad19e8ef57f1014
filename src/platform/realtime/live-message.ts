import { Fault, invalid } from '../faults/fault.js';
import { parseJsonBody } from '../http/json-body.js';
import type { MessageId } from './live-client.js';

/** Bytes of a message; `ws` closes a connection that sends a larger one with 1009. */
export const MESSAGE_MAX = 64 * 1024;

/** A message of a client, in the form of Nest's adapters. */
export interface LiveMessage {
  readonly event: string;
  readonly data: unknown;
  /** Repeated in the answer. */
  readonly id?: MessageId;
}

const MEMBERS: ReadonlySet<string> = new Set(['event', 'data', 'id']);
const ID_MAX = 64;
const KEYS_MAX = 100;

function isId(value: unknown): value is MessageId {
  return (typeof value === 'string' && value.length <= ID_MAX) || Number.isSafeInteger(value);
}

/** @throws Fault MALFORMED_BODY, VALIDATION_FAILED */
export function readMessage(text: string): LiveMessage {
  const value = parseJsonBody(text, { keysMax: KEYS_MAX });
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Fault('MALFORMED_BODY', 'A message must be a JSON object with "event" and "data".');
  }
  const message = value as Record<string, unknown>;
  const problems = Object.keys(message)
    .filter((name) => !MEMBERS.has(name))
    .map((name) => ({ path: name, message: `${name} is not a known field`, code: 'UNKNOWN_FIELD' }));
  if (typeof message['event'] !== 'string') {
    problems.push({ path: 'event', message: 'event must be a string', code: 'IS_STRING' });
  }
  if (message['id'] !== undefined && !isId(message['id'])) {
    problems.push({ path: 'id', message: `id must be a whole number or at most ${ID_MAX} characters`, code: 'IS_ID' });
  }
  if (problems.length > 0) throw invalid(problems);
  return message as unknown as LiveMessage;
}
