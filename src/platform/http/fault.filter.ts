import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Catch, Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Authenticator } from '../credentials/authenticator.js';
import { toProblem } from '../faults/problem.js';
import type { FailurePlace } from '../telemetry/failure-reports.js';
import { FailureReports } from '../telemetry/failure-reports.js';
import { Metrics } from '../telemetry/metrics.js';
import { newRequestId } from './request-id.js';
import type { ApiRequest, RequestState } from './request.js';
import { RouteTable } from './route-table.js';
import { toFault } from './to-fault.js';

/** Whether a request was cancelled because its client has left, which is not a failure. */
function isGone(request: ApiRequest, error: unknown): boolean {
  const state = request.state as RequestState | undefined;
  return state?.gone.signal.aborted === true && error === state.gone.signal.reason;
}

function placeOf(request: ApiRequest, requestId: string): FailurePlace {
  const { trace } = (request.state as Partial<RequestState> | undefined) ?? {};
  return { requestId, route: `${request.method} ${request.routeOptions.url ?? '*'}`, traceId: trace?.context.traceId };
}

/** Turns every error into a problem document. */
@Catch()
export class FaultFilter implements ExceptionFilter {
  private readonly logger = new Logger(FaultFilter.name);

  constructor(
    private readonly authenticator: Authenticator,
    private readonly routes: RouteTable,
    private readonly metrics: Metrics,
    private readonly reports: FailureReports,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<ApiRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    // No hook has run for a target that is not a path, such as `OPTIONS *`.
    const { requestId } = (request.state as RequestState | undefined) ?? { requestId: newRequestId() };
    if (isGone(request, error)) return;
    let fault = toFault(error);
    if (fault.code === 'UNAUTHENTICATED') this.authenticator.forget(request.headers);
    if (fault.code === 'NOT_FOUND' && request.is404) fault = this.routes.faultFor(request);
    this.metrics.countFault(fault.code);
    // A shutdown answers probes with SHUTTING_DOWN, which is not a failure.
    if (fault.status >= 500 && fault.code !== 'SHUTTING_DOWN') {
      const cause: unknown = fault.cause ?? error;
      this.logger.error({ requestId, code: fault.code, error: cause }, fault.detail);
      if (fault.code === 'INTERNAL') this.reports.report(cause, placeOf(request, requestId));
    }
    if (reply.sent) return;
    const instance = request.url.split('?', 1)[0] ?? '/';
    void reply
      .code(fault.status)
      .headers({ 'cache-control': 'no-store', ...fault.headers })
      .header('x-request-id', requestId)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .send(JSON.stringify(toProblem(fault, instance, requestId)));
  }
}
