import type { RequestInfo } from '../auth/session.js';
import type { FaultCode } from '../faults/catalogue.js';
import { invalid } from '../faults/fault.js';
import { unknownParameters } from './request-parameters.js';
import type { ApiRequest } from './request.js';

/** The faults of every route with a body. */
export const BODY: readonly FaultCode[] = [
  'MALFORMED_BODY',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'OVERLOADED',
];

/** Refuses every parameter, even `dryRun`: the answers of these routes are their effect. */
export function refuseParameters(request: ApiRequest): void {
  const problems = unknownParameters(request.query as Record<string, unknown>, () => false);
  if (problems.length > 0) throw invalid(problems);
}

export function infoOf(request: ApiRequest): RequestInfo {
  const userAgent = request.headers['user-agent']?.slice(0, 500) ?? null;
  return { id: request.state.requestId, ip: request.ip, userAgent };
}
