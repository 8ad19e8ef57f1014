import { HttpException } from '@nestjs/common';
import { toFault as fromDatabase } from '../database/sql-state.js';
import type { FaultCode } from '../faults/catalogue.js';
import { Fault } from '../faults/fault.js';

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

/** Turns a thrown value into a fault. Unknown errors become INTERNAL and keep their cause for the log. */
export function toFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const status = error instanceof HttpException ? error.getStatus() : (error as { statusCode?: number }).statusCode;
  const code = status === undefined ? undefined : codeOfStatus[status];
  if (code) return new Fault(code, undefined, { cause: error });
  const mapped = fromDatabase(error);
  return mapped instanceof Fault ? mapped : new Fault('INTERNAL', undefined, { cause: error });
}
