import type { FaultCode } from '../../platform/faults/catalogue.js';
import { ById } from '../../platform/operations/by-id.js';
import type { Call, ListCall, Receipt, Result } from '../../platform/operations/operation.js';
import { Operation, Operations } from '../../platform/operations/operation.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { Finding } from './finding.dto.js';
import { findingListRules } from './finding.rules.js';
import { GateReport } from './validation-gate.dto.js';
import { ValidationGates } from './validation-gates.service.js';
import { NewValidation, ValidationPatch, ValidationReceipt, ValidationReplacement } from './validation-input.dto.js';
import { Validation, ValidationAttempt } from './validation.dto.js';
import { attemptListRules, validationListRules } from './validation.rules.js';
import { ValidationsService } from './validations.service.js';

const RECEIPT: Receipt = {
  shape: ValidationReceipt,
  whole: Validation,
  part: 'validation',
  description: 'The validation; null to those who may not read validations.',
};
const RECEIPT_NOTE = 'Who may write validations and not read them is answered id, version and validationStatus.';
const OF_VALIDATION = { id: 'validationId' };
const CHANGE: readonly FaultCode[] = [
  'NOT_FOUND',
  'VERSION_MISMATCH',
  'ILLEGAL_TRANSITION',
  'ALREADY_EXISTS',
  'RULE_VIOLATED',
];

@Operations('validations')
export class ValidationsOperations {
  constructor(
    private readonly validations: ValidationsService,
    private readonly gates: ValidationGates,
  ) {}

  @Operation({
    summary: 'List validations',
    kind: 'list',
    permission: 'validations:read',
    list: validationListRules,
    returns: [Validation],
    faults: ['NOT_FOUND'],
    rest: 'GET /validations',
    graphql: 'validations',
    tool: 'list_validations',
  })
  listValidations({ session, list }: ListCall): Promise<ListPage> {
    return this.validations.list(session, list);
  }

  @Operation({
    summary: 'Record a validation of a task',
    description: `Recorded once per task, type and externalId: a repetition answers the one there is, unchanged. A failure is refused instead when the latest result of its type passed, so that it is not lost. ${RECEIPT_NOTE}`,
    kind: 'create',
    permission: 'validations:write',
    input: NewValidation,
    returns: Validation,
    receipt: RECEIPT,
    repeated: 'It is recorded already.',
    faults: ['NOT_FOUND', 'ALREADY_EXISTS'],
    takesIngestKeys: true,
    rest: { route: 'POST /validations', location: ({ id }) => `/validations/${id}` },
    graphql: 'createValidation',
    tool: 'record_validation',
  })
  createValidation({ session, input }: Call): Promise<Result> {
    return this.validations.create(session, input);
  }

  @Operation({
    summary: 'Get a validation',
    kind: 'read',
    permission: 'validations:read',
    params: ById,
    returns: Validation,
    sparse: true,
    versioned: true,
    faults: ['NOT_FOUND'],
    rest: 'GET /validations/{id}',
    graphql: 'validation',
    tool: 'get_validation',
  })
  getValidation({ session, params, fields }: Call<ById>): Promise<Result> {
    return this.validations.get(session, params.id, fields);
  }

  @Operation({
    summary: 'Replace the content of a validation',
    description: `Status, times, externalId and findings stay as they are unless they are given. ${RECEIPT_NOTE}`,
    kind: 'update',
    permission: 'validations:write',
    params: ById,
    input: ValidationReplacement,
    returns: Validation,
    receipt: RECEIPT,
    faults: CHANGE,
    rest: 'PUT /validations/{id}',
    graphql: 'replaceValidation',
  })
  replaceValidation({ session, params, version, input }: Call<ById>): Promise<Result> {
    return this.validations.replace(session, params.id, version, input);
  }

  @Operation({
    summary: 'Change a validation (JSON merge patch)',
    description: RECEIPT_NOTE,
    kind: 'update',
    permission: 'validations:write',
    params: ById,
    input: ValidationPatch,
    returns: Validation,
    receipt: RECEIPT,
    faults: CHANGE,
    rest: 'PATCH /validations/{id}',
    graphql: 'updateValidation',
    tool: 'update_validation',
  })
  updateValidation({ session, params, version, input }: Call<ById>): Promise<Result> {
    return this.validations.patch(session, params.id, version, input);
  }

  @Operation({
    summary: 'Delete a validation with its attempts and findings',
    description: 'Who may not read validations finds none to delete.',
    kind: 'delete',
    permission: 'validations:write',
    params: ById,
    faults: ['NOT_FOUND', 'VERSION_MISMATCH'],
    rest: 'DELETE /validations/{id}',
    graphql: 'deleteValidation',
  })
  deleteValidation({ session, params, version }: Call<ById>): Promise<void> {
    return this.validations.remove(session, params.id, version);
  }

  @Operation({
    summary: 'Start another attempt of a validation that has ended',
    description: `It is queued again, and how the attempt before ended is kept. ${RECEIPT_NOTE}`,
    kind: 'action',
    guard: 'version',
    permission: 'validations:write',
    params: ById,
    returns: Validation,
    receipt: RECEIPT,
    faults: ['NOT_FOUND', 'VERSION_MISMATCH', 'ILLEGAL_TRANSITION'],
    rest: 'POST /validations/{id}/retry',
    graphql: 'retryValidation',
  })
  retryValidation({ session, params, version }: Call<ById>): Promise<Result> {
    return this.validations.retry(session, params.id, version);
  }

  @Operation({
    summary: 'List the attempts of a validation that were followed by another one',
    kind: 'list',
    permission: 'validations:read',
    params: ById,
    list: attemptListRules,
    returns: [ValidationAttempt],
    faults: ['NOT_FOUND'],
    rest: 'GET /validations/{id}/attempts',
    graphql: { field: 'validationAttempts', arguments: OF_VALIDATION },
  })
  listValidationAttempts({ session, params, list }: ListCall<ById>): Promise<ListPage> {
    return this.validations.attempts(session, params.id, list);
  }

  @Operation({
    summary: 'List the findings of a validation',
    description: 'Those of the current attempt, unless `attempt=` asks for those of another one.',
    kind: 'list',
    permission: 'validations:read',
    params: ById,
    list: findingListRules,
    returns: [Finding],
    faults: ['NOT_FOUND'],
    rest: 'GET /validations/{id}/findings',
    graphql: { field: 'validationFindings', arguments: OF_VALIDATION },
  })
  listValidationFindings({ session, params, list }: ListCall<ById>): Promise<ListPage> {
    return this.validations.findings(session, params.id, list);
  }

  @Operation({
    summary: 'Judge the latest validations of a task by what its project asks for',
    description:
      'The gate is `settings.validationGate` of the project. The latest result of a type is the one recorded last; those that one import recorded count together.',
    kind: 'read',
    permission: 'validations:read',
    params: ById,
    returns: GateReport,
    faults: ['NOT_FOUND'],
    rest: 'GET /tasks/{id}/gate',
    graphql: { field: 'validationGate', arguments: { id: 'taskId' } },
    tool: 'check_gate',
  })
  getValidationGate({ session, params }: Call<ById>): Promise<Result> {
    return this.gates.report(session, params.id);
  }
}
