import type { FaultCode } from '../../platform/faults/catalogue.js';
import { ById } from '../../platform/operations/by-id.js';
import type { Call, OperationSpec, Result } from '../../platform/operations/operation.js';
import { Operation, Operations } from '../../platform/operations/operation.js';
import { ErrorIgnore, ErrorMerge, ErrorPatch, ErrorReopen, ErrorResolve } from './error-status.dto.js';
import { ErrorStatusService } from './error-status.service.js';
import { ErrorLog } from './error.dto.js';

const FAULTS: readonly FaultCode[] = ['NOT_FOUND', 'VERSION_MISMATCH', 'CONFLICT', 'RULE_VIOLATED'];

const CHANGE = { permission: 'errors:write', params: ById, returns: ErrorLog, faults: FAULTS } as const;

/** A change of status. PUT equals POST, because clients of other trackers use either. */
function statusChange(
  verb: string,
  input: new () => object,
  description?: string,
): Omit<OperationSpec, 'summary' | 'graphql'> {
  return {
    ...CHANGE,
    kind: 'action',
    guard: 'version',
    input,
    inputIsOptional: true,
    ...(description === undefined ? {} : { description }),
    rest: { route: [`POST /errors/{id}/${verb}`, `PUT /errors/{id}/${verb}`] },
    tool: `${verb}_error`,
  };
}

@Operations('errors')
export class ErrorStatusOperations {
  constructor(private readonly errors: ErrorStatusService) {}

  @Operation({
    ...CHANGE,
    summary: 'Change an error (JSON merge patch): assign it, link it to a task, name it, note something',
    kind: 'update',
    input: ErrorPatch,
    rest: 'PATCH /errors/{id}',
    graphql: 'updateError',
  })
  updateError({ session, params, version, input }: Call<ById>): Promise<Result> {
    return this.errors.patch(session, params.id, version, input);
  }

  @Operation({
    summary: 'Resolve an error',
    graphql: 'resolveError',
    ...statusChange(
      'resolve',
      ErrorResolve,
      'An occurrence after now is a regression, unless its release is older than `inVersion` (by default the newest that the error was seen in).',
    ),
  })
  resolveError({ session, params, version, input }: Call<ById>): Promise<Result> {
    return this.errors.resolve(session, params.id, version, input);
  }

  @Operation({ summary: 'Reopen an error', graphql: 'reopenError', ...statusChange('reopen', ErrorReopen) })
  reopenError({ session, params, version, input }: Call<ById>): Promise<Result> {
    return this.errors.reopen(session, params.id, version, input);
  }

  @Operation({
    summary: 'Ignore an error',
    graphql: 'ignoreError',
    ...statusChange('ignore', ErrorIgnore, 'Whatever comes first ends it; without any of them it is ignored for ever.'),
  })
  ignoreError({ session, params, version, input }: Call<ById>): Promise<Result> {
    return this.errors.ignore(session, params.id, version, input);
  }

  @Operation({
    ...CHANGE,
    summary: 'Merge an error into another one of the team',
    description:
      'Occurrences, counts and users move, and later occurrences with its fingerprint are counted there. Answers the other one.',
    kind: 'action',
    guard: 'version',
    input: ErrorMerge,
    rest: 'POST /errors/{id}/merge',
    graphql: 'mergeError',
  })
  mergeError({ session, params, version, input }: Call<ById>): Promise<Result> {
    return this.errors.merge(session, params.id, version, input);
  }
}
