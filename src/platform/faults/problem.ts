import { faultCatalogue } from './catalogue.js';
import type { Fault } from './fault.js';

/** RFC 9457 problem details, with this API's additional members. */
export interface Problem {
  readonly success: false;
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly errors: readonly { path: string; message: string; code: string }[];
  readonly requestId: string;
}

/** The problem document of a fault. `instance` is the path without its query, which may contain anything. */
export function toProblem(fault: Fault, instance: string, requestId: string): Problem {
  return {
    success: false,
    type: `https://taskmaster.dev/errors#${fault.code.toLowerCase().replaceAll('_', '-')}`,
    title: faultCatalogue[fault.code].title,
    status: fault.status,
    detail: fault.detail,
    instance,
    code: fault.code,
    errors: fault.errors,
    requestId,
  };
}
