import type { Logger } from 'pino';
import type { EndedRequest, RequestListener } from './ended-request.js';

/** Machines ask about the service every few seconds; nobody wants to read that while it works. */
const PROBE = /^\/api\/v1\/(health|metrics)(\/|$)/;

function levelOf({ status, route }: EndedRequest): 'warn' | 'info' | 'debug' {
  if (status >= 500) return 'warn';
  return PROBE.test(route) ? 'debug' : 'info';
}

/** One line per request: which, by whom, how it ended, how long it took. No query, header or body. */
export function accessLog(parent: Logger): RequestListener {
  // The fields are safe by themselves: to look for secrets in them again would double the price of the line.
  const logger = parent.child({}, { formatters: { log: (fields) => fields } });
  return (request) => {
    const { seconds, ...facts } = request;
    logger[levelOf(request)]({ ...facts, ms: Math.round(seconds * 1e6) / 1000 });
  };
}
