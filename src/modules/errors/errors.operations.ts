import { ById } from '../../platform/operations/by-id.js';
import type { Call, ListCall, Result } from '../../platform/operations/operation.js';
import { Operation, Operations, json } from '../../platform/operations/operation.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { ErrorOccurrence, ErrorResolution } from './error-history.dto.js';
import { ErrorBatch, ErrorBatchResult, NewError } from './error-input.dto.js';
import { ErrorLog, ErrorReceipt, RecordedError } from './error.dto.js';
import { errorListRules, occurrenceListRules, resolutionListRules } from './error.rules.js';
import { ErrorsService } from './errors.service.js';

const OF_ERROR = { id: 'errorId' };

@Operations('errors')
export class ErrorsOperations {
  constructor(private readonly errors: ErrorsService) {}

  @Operation({
    summary: 'List errors',
    kind: 'list',
    permission: 'errors:read',
    list: errorListRules,
    returns: [ErrorLog],
    faults: ['NOT_FOUND'],
    rest: 'GET /errors',
    graphql: 'errors',
    tool: 'list_errors',
  })
  listErrors({ session, list }: ListCall): Promise<ListPage> {
    return this.errors.list(session, list);
  }

  @Operation({
    summary: 'Report an error: 201 when it is new, 200 when it is counted',
    description:
      'Occurrences with the same fingerprint are one error within team, project and environment. Personal data and secrets are taken out before anything is stored.',
    kind: 'create',
    permission: 'errors:write',
    input: NewError,
    returns: RecordedError,
    receipt: {
      shape: ErrorReceipt,
      whole: ErrorLog,
      part: 'error',
      description: 'The error; null to those who may not read errors.',
    },
    repeated: 'It was counted: it had occurred before.',
    faults: ['NOT_FOUND', 'AMBIGUOUS_PROJECT', 'RULE_VIOLATED'],
    takesIngestKeys: true,
    rest: { route: 'POST /errors', location: ({ id }) => `/errors/${id}` },
    graphql: 'recordError',
    tool: 'record_error',
  })
  recordError({ session, input }: Call): Promise<Result> {
    return this.errors.record(session, input);
  }

  @Operation({
    summary: 'Report up to 1,000 errors in one transaction; one result each',
    message: 'Reports processed',
    kind: 'action',
    permission: 'errors:write',
    input: ErrorBatch,
    items: 'errors',
    returns: [ErrorBatchResult],
    takesIngestKeys: true,
    rest: 'POST /errors/batch',
    graphql: 'recordErrors',
  })
  async recordErrors({ session, input }: Call): Promise<Result> {
    return json(await this.errors.recordAll(session, input));
  }

  @Operation({
    summary: 'Get an error',
    kind: 'read',
    permission: 'errors:read',
    params: ById,
    returns: ErrorLog,
    sparse: true,
    versioned: 'partly',
    faults: ['NOT_FOUND'],
    rest: 'GET /errors/{id}',
    graphql: 'error',
    tool: 'get_error',
  })
  getError({ session, params, fields }: Call<ById>): Promise<Result> {
    return this.errors.get(session, params.id, fields);
  }

  @Operation({
    summary: 'List the occurrences of an error that were kept',
    description:
      'The first 99, then every 10th, from the 1,000th on every 100th, and so on. Counts are exact all the same.',
    kind: 'list',
    permission: 'errors:read',
    params: ById,
    list: occurrenceListRules,
    returns: [ErrorOccurrence],
    faults: ['NOT_FOUND'],
    rest: 'GET /errors/{id}/occurrences',
    graphql: { field: 'errorOccurrences', arguments: OF_ERROR },
  })
  listErrorOccurrences({ session, params, list }: ListCall<ById>): Promise<ListPage> {
    return this.errors.occurrences(session, params.id, list);
  }

  @Operation({
    summary: "List every change of an error's status",
    kind: 'list',
    permission: 'errors:read',
    params: ById,
    list: resolutionListRules,
    returns: [ErrorResolution],
    faults: ['NOT_FOUND'],
    rest: 'GET /errors/{id}/history',
    graphql: { field: 'errorHistory', arguments: OF_ERROR },
  })
  listErrorHistory({ session, params, list }: ListCall<ById>): Promise<ListPage> {
    return this.errors.history(session, params.id, list);
  }
}
