import type { Logger } from 'pino';
import type { EndedRequest, RequestListener } from './ended-request.js';

/** Probes arrive every few seconds, so successful ones are only logged at debug level. */
const PROBE = /^\/api\/v1\/(health|metrics)(\/|$)/;

function levelOf({ status, route }: EndedRequest): 'warn' | 'info' | 'debug' {
  if (status >= 500) return 'warn';
  return PROBE.test(route) ? 'debug' : 'info';
}

/** Logs one line per request, without query, headers or body. */
export function accessLog(parent: Logger): RequestListener {
  // These fields cannot hold secrets; searching them would double the cost of a line.
  const logger = parent.child({}, { formatters: { log: (fields) => fields } });
  return (request, trace) => {
    const { seconds, ...facts } = request;
    const line = { ...facts, ms: Math.round(seconds * 1e6) / 1000 };
    logger[levelOf(request)](trace ? { ...line, traceId: trace.context.traceId } : line);
  };
}
