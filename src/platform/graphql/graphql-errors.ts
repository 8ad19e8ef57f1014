import { Injectable, Logger } from '@nestjs/common';
import { GraphQLError } from 'graphql';
import { Fault, invalid } from '../faults/fault.js';
import { toFault } from '../http/to-fault.js';
import { RefusedDocument } from './engine.js';
import { FailureReports } from '../telemetry/failure-reports.js';
import { Metrics } from '../telemetry/metrics.js';

/** An error in a response, with the same code as in REST. */
export interface AnsweredError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** The place of a wrong variable, `input.dueDate`, which only the messages of the engines contain. */
function inVariables(message: string): string | null {
  const at = /^Variable "\$(\w+)" got invalid value [^]*?(?: at "([^"]+)")?;/.exec(message);
  return at === null ? null : (at[2] ?? at[1] ?? null);
}

/** Turns an error of graphql-js about a document or variables into a fault. Its message only repeats what was sent. */
function asInvalid(error: GraphQLError): Fault {
  const [at] = error.locations ?? [];
  const path = inVariables(error.message) ?? (at ? `query:${at.line}:${at.column}` : 'query');
  const message = error.message.replace(/ Did you mean [^]*$/, '').slice(0, 500);
  return invalid([{ path, message, code: 'INVALID_DOCUMENT' }]);
}

const originalOf = (error: unknown): unknown => (error as { originalError?: unknown }).originalError;

/** The fault behind an error, from a resolver or from the engine. */
function faultOf(error: unknown): Fault {
  let cause = error;
  for (let next = originalOf(cause); next !== undefined && next !== null; next = originalOf(cause)) cause = next;
  if (cause instanceof Fault) return cause;
  // The outermost error names the variable; the innermost is that of a scalar, which does not know where it is.
  return error instanceof GraphQLError && cause instanceof GraphQLError ? asInvalid(error) : toFault(cause);
}

/** Turns errors into answers, and logs and counts them as REST does. */
@Injectable()
export class GraphqlErrors {
  private readonly logger = new Logger(GraphqlErrors.name);

  constructor(
    private readonly metrics: Metrics,
    private readonly reports: FailureReports,
  ) {}

  /** Answers a failure of the whole request: the errors, and the fault that its status comes from. */
  refusal(error: unknown, requestId: string): { readonly fault: Fault; readonly errors: readonly AnsweredError[] } {
    const refused = error instanceof RefusedDocument ? error.errors : [];
    if (refused.length === 0) {
      const fault = faultOf(error);
      return { fault, errors: [this.answered(error, fault, requestId)] };
    }
    const faults = refused.slice(0, 20).map((one) => ({ one, fault: faultOf(one) }));
    const fault = faults[0]?.fault ?? new Fault('INTERNAL');
    return { fault, errors: faults.map((each) => this.answered(each.one, each.fault, requestId)) };
  }

  /** Answers a failure of one field. */
  ofField(error: unknown, requestId: string): AnsweredError {
    return this.answered(error, faultOf(error), requestId);
  }

  isUnauthenticated(error: unknown): boolean {
    return faultOf(error).code === 'UNAUTHENTICATED';
  }

  private answered(error: unknown, fault: Fault, requestId: string): AnsweredError {
    this.metrics.countFault(fault.code);
    if (fault.status >= 500 && fault.code !== 'SHUTTING_DOWN') {
      const cause: unknown = fault.cause ?? error;
      this.logger.error({ requestId, code: fault.code, error: cause }, fault.detail);
      if (fault.code === 'INTERNAL') {
        this.reports.report(cause, { requestId, route: 'POST /graphql', traceId: undefined });
      }
    }
    const { path, locations } = error as Partial<Pick<AnsweredError, 'path' | 'locations'>>;
    const { etag, 'retry-after': retryAfter } = fault.headers;
    return {
      message: fault.detail,
      ...(locations && locations.length > 0 ? { locations } : {}),
      ...(path ? { path } : {}),
      extensions: {
        code: fault.code,
        status: fault.status,
        errors: fault.errors,
        requestId,
        ...(etag === undefined ? {} : { etag }),
        ...(retryAfter === undefined ? {} : { retryAfter: Number(retryAfter) }),
      },
    };
  }
}
