import type { FaultCode } from './catalogue.js';
import { faultCatalogue } from './catalogue.js';

/** One problem with the input. */
export interface FieldProblem {
  /** A field path such as `operations[3].task.title`, or `query.limit`, `header.If-Match`. */
  readonly path: string;
  readonly message: string;
  /** Stable, SCREAMING_SNAKE. */
  readonly code: string;
}

interface FaultOptions {
  readonly errors?: readonly FieldProblem[];
  /** Extra response headers, such as `Retry-After` (seconds) or the current `ETag`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Logged, never sent to clients. */
  readonly cause?: unknown;
}

/** The only exception that clients see as it is; everything else becomes INTERNAL. */
export class Fault extends Error {
  readonly status: number;
  readonly errors: readonly FieldProblem[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: FaultCode,
    /** What happened, for the client and without internals. Defaults to the title. */
    readonly detail: string = faultCatalogue[code].title,
    options: FaultOptions = {},
  ) {
    super(detail, { cause: options.cause });
    this.name = 'Fault';
    this.status = faultCatalogue[code].status;
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
  }
}

/** VALIDATION_FAILED with every problem. */
export function invalid(errors: readonly FieldProblem[]): Fault {
  const detail =
    errors.length === 1 && errors[0]
      ? `${errors[0].path}: ${errors[0].message}`
      : `${errors.length} fields are not valid.`;
  return new Fault('VALIDATION_FAILED', detail, { errors });
}

/** A rule that one or more fields violate. */
export function ruleViolated(errors: readonly FieldProblem[]): Fault {
  const detail = errors.map(({ message }) => message).join(' ');
  return new Fault('RULE_VIOLATED', detail, { errors });
}
