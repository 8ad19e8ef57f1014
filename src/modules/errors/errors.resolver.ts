import { Resolver } from '@nestjs/graphql';
import type { Call, Connection } from '../../platform/graphql/call.js';
import { ID_ARGUMENT, Lists, Reads, Writes, ids, inputOf } from '../../platform/graphql/operations.js';
import type { Row } from '../../platform/graphql/related.js';
import { ErrorOccurrence, ErrorResolution } from './error-history.dto.js';
import type { ErrorBatchResult as Result } from './error-input.dto.js';
import { ErrorBatch, ErrorBatchResult, NewError } from './error-input.dto.js';
import { ErrorIgnore, ErrorMerge, ErrorPatch, ErrorReopen, ErrorResolve } from './error-status.dto.js';
import { ErrorStatusService } from './error-status.service.js';
import './error.relations.js';
import { ErrorLog, ErrorReceipt } from './error.dto.js';
import { errorListRules, occurrenceListRules, resolutionListRules } from './error.rules.js';
import { ErrorsService } from './errors.service.js';

const ERROR = ids('errorId');
const change = (shape: new () => object, required: boolean) =>
  ({ returns: ErrorLog, args: { ...ID_ARGUMENT, ...inputOf(shape, required) }, kind: 'update' }) as const;

@Resolver()
export class ErrorsResolver {
  constructor(
    private readonly service: ErrorsService,
    private readonly status: ErrorStatusService,
  ) {}

  @Reads('errors:read', 'An error.', { returns: ErrorLog, args: ID_ARGUMENT })
  error(call: Call): Promise<Row> {
    return call.row(ErrorLog, this.service.get(call.session, call.id, call.columns(ErrorLog)));
  }

  @Lists('errors:read', 'Errors.', errorListRules)
  errors(call: Call): Promise<Connection> {
    return call.page(ErrorLog, this.service.list(call.session, call.list(errorListRules)));
  }

  @Lists('errors:read', 'The occurrences of an error that were kept.', occurrenceListRules, ERROR)
  errorOccurrences(call: Call): Promise<Connection> {
    const id = call.uuid('errorId');
    return call.page(ErrorOccurrence, this.service.occurrences(call.session, id, call.list(occurrenceListRules)));
  }

  @Lists('errors:read', "Every change of an error's status.", resolutionListRules, ERROR)
  errorHistory(call: Call): Promise<Connection> {
    const id = call.uuid('errorId');
    return call.page(ErrorResolution, this.service.history(call.session, id, call.list(resolutionListRules)));
  }

  @Writes('errors:write', 'Reports an error, new or counted.', {
    returns: ErrorReceipt,
    args: inputOf(NewError),
    kind: 'create',
  })
  recordError(call: Call): Promise<Row> {
    return call.receipt(ErrorLog, 'error', this.service.record(call.session, call.input));
  }

  @Writes('errors:write', 'Reports up to 1,000 errors in one transaction; one result each.', {
    returns: [ErrorBatchResult],
    args: inputOf(ErrorBatch),
    kind: 'create',
  })
  recordErrors(call: Call): Promise<Result[]> {
    return this.service.recordAll(call.session, call.input);
  }

  @Writes(
    'errors:write',
    'Changes an error: assigns it, links it to a task, names it, notes something.',
    change(ErrorPatch, true),
  )
  updateError(call: Call): Promise<Row> {
    return call.row(ErrorLog, this.status.patch(call.session, call.id, call.ifMatch, call.input));
  }

  @Writes('errors:write', 'Resolves an error.', change(ErrorResolve, false))
  resolveError(call: Call): Promise<Row> {
    return call.row(ErrorLog, this.status.resolve(call.session, call.id, call.ifMatch, call.input));
  }

  @Writes('errors:write', 'Reopens an error.', change(ErrorReopen, false))
  reopenError(call: Call): Promise<Row> {
    return call.row(ErrorLog, this.status.reopen(call.session, call.id, call.ifMatch, call.input));
  }

  @Writes('errors:write', 'Ignores an error.', change(ErrorIgnore, false))
  ignoreError(call: Call): Promise<Row> {
    return call.row(ErrorLog, this.status.ignore(call.session, call.id, call.ifMatch, call.input));
  }

  @Writes('errors:write', 'Merges an error into another one of the team, and answers that.', change(ErrorMerge, true))
  mergeError(call: Call): Promise<Row> {
    return call.row(ErrorLog, this.status.merge(call.session, call.id, call.ifMatch, call.input));
  }
}
