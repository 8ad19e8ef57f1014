import { randomBytes } from 'node:crypto';

const processId = randomBytes(5).toString('hex');
let requests = 0;

/** Unique across instances and cheap: a random prefix per process and a counter. */
export function newRequestId(): string {
  requests += 1;
  return `req_${processId}${requests.toString(36).padStart(6, '0')}`;
}
