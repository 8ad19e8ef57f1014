import { Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { RequestListener } from './ended-request.js';

const BUCKETS = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * Rate, errors and duration of requests. All labels come from closed lists, so that neither a scanner nor an id in a path
 * can create a series.
 */
export function requestMetrics(registry: Registry): RequestListener {
  const duration = new Histogram({
    name: 'taskmaster_http_request_duration_seconds',
    help: 'Seconds from the arrival of a request to the end of its answer, by method, route and class of the status (2xx).',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  });
  return ({ method, route, status, seconds }) => {
    const known = METHODS.has(method) ? method : 'OTHER';
    duration.observe({ method: known, route, status: `${Math.trunc(status / 100)}xx` }, seconds);
  };
}
