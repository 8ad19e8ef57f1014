import type { FastifyInstance } from 'fastify';
import { traceparentOf } from '../telemetry/trace-context.js';
import type { Tracing } from '../telemetry/tracing.js';

/** Continues the trace of a caller, or begins one, and names it in the answer. Probes arrive all the time and have none. */
export function traceRequests(server: FastifyInstance, tracing: Tracing): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.isProbe === true) {
      done();
      return;
    }
    const trace = tracing.start(request.headers['traceparent']);
    request.state.trace = trace;
    if (trace) reply.header('traceparent', traceparentOf(trace.context));
    tracing.within(trace, done);
  });
}
