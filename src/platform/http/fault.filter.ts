import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Catch, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Authenticator } from '../auth/authenticator.js';
import { toFault as fromDatabase } from '../database/sql-state.js';
import type { FaultCode } from '../faults/catalogue.js';
import { Fault } from '../faults/fault.js';
import { toProblem } from '../faults/problem.js';
import { Metrics } from '../telemetry/metrics.js';
import { newRequestId } from './request-id.js';
import type { ApiRequest, RequestState } from './request.js';
import { RouteTable } from './route-table.js';

const codeOfStatus: Readonly<Record<number, FaultCode>> = {
  400: 'MALFORMED_BODY',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  408: 'REQUEST_TIMEOUT',
  413: 'PAYLOAD_TOO_LARGE',
  414: 'URI_TOO_LONG',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  431: 'HEADERS_TOO_LARGE',
  503: 'SHUTTING_DOWN',
};

/** Any thrown value as a fault; what is not known becomes INTERNAL and keeps its cause for the log. */
export function toFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const status = error instanceof HttpException ? error.getStatus() : (error as { statusCode?: number }).statusCode;
  const code = status === undefined ? undefined : codeOfStatus[status];
  if (code) return new Fault(code, undefined, { cause: error });
  const mapped = fromDatabase(error);
  return mapped instanceof Fault ? mapped : new Fault('INTERNAL', undefined, { cause: error });
}

/** What was cancelled because its client went away: nobody waits for an answer, and nothing failed. */
function isGone(request: ApiRequest, error: unknown): boolean {
  const state = request.state as RequestState | undefined;
  return state?.gone.signal.aborted === true && error === state.gone.signal.reason;
}

/** The one place where a failure becomes an answer. */
@Catch()
export class FaultFilter implements ExceptionFilter {
  private readonly logger = new Logger(FaultFilter.name);

  constructor(
    private readonly authenticator: Authenticator,
    private readonly routes: RouteTable,
    private readonly metrics: Metrics,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<ApiRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    // No hook has run for a target that is no path, such as that of `OPTIONS *`.
    const { requestId } = (request.state as RequestState | undefined) ?? { requestId: newRequestId() };
    if (isGone(request, error)) return;
    let fault = toFault(error);
    if (fault.code === 'UNAUTHENTICATED') this.authenticator.forget(request.headers);
    if (fault.code === 'NOT_FOUND' && request.is404) fault = this.routes.faultFor(request);
    this.metrics.countFault(fault.code);
    // Every shutdown answers its probes with this; it is no failure.
    if (fault.status >= 500 && fault.code !== 'SHUTTING_DOWN') {
      const cause: unknown = fault.cause ?? error;
      this.logger.error({ requestId, code: fault.code, error: cause }, fault.detail);
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
