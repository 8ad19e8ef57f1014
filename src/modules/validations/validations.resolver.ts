import { Resolver } from '@nestjs/graphql';
import type { Call, Connection } from '../../platform/graphql/call.js';
import { ID_ARGUMENT, Lists, Reads, Writes, ids, inputOf } from '../../platform/graphql/operations.js';
import type { Row } from '../../platform/graphql/related.js';
import { Finding } from './finding.dto.js';
import { findingListRules } from './finding.rules.js';
import { GateReport } from './validation-gate.dto.js';
import { ValidationGates } from './validation-gates.service.js';
import './validation.relations.js';
import { NewValidation, ValidationPatch, ValidationReceipt, ValidationReplacement } from './validation-input.dto.js';
import { Validation, ValidationAttempt } from './validation.dto.js';
import { attemptListRules, validationListRules } from './validation.rules.js';
import { ValidationsService } from './validations.service.js';

const VALIDATION = ids('validationId');

@Resolver()
export class ValidationsResolver {
  constructor(
    private readonly service: ValidationsService,
    private readonly gates: ValidationGates,
  ) {}

  @Reads('validations:read', 'A validation.', { returns: Validation, args: ID_ARGUMENT })
  validation(call: Call): Promise<Row> {
    return call.row(Validation, this.service.get(call.session, call.id, call.columns(Validation)));
  }

  @Lists('validations:read', 'Validations.', validationListRules)
  validations(call: Call): Promise<Connection> {
    return call.page(Validation, this.service.list(call.session, call.list(validationListRules)));
  }

  @Lists(
    'validations:read',
    'The attempts of a validation that were followed by another one.',
    attemptListRules,
    VALIDATION,
  )
  validationAttempts(call: Call): Promise<Connection> {
    const id = call.uuid('validationId');
    return call.page(ValidationAttempt, this.service.attempts(call.session, id, call.list(attemptListRules)));
  }

  @Lists('validations:read', 'The findings of a validation, of its current attempt.', findingListRules, VALIDATION)
  validationFindings(call: Call): Promise<Connection> {
    const id = call.uuid('validationId');
    return call.page(Finding, this.service.findings(call.session, id, call.list(findingListRules)));
  }

  @Reads('validations:read', 'Whether a task passes the validation gate of its project.', {
    returns: GateReport,
    args: ids('taskId'),
  })
  validationGate(call: Call): Promise<Row> {
    return call.row(GateReport, this.gates.report(call.session, call.uuid('taskId')));
  }

  @Writes('validations:write', 'Records a validation of a task.', {
    returns: ValidationReceipt,
    args: inputOf(NewValidation),
    kind: 'create',
  })
  createValidation(call: Call): Promise<Row> {
    return call.receipt(Validation, 'validation', this.service.create(call.session, call.input));
  }

  @Writes('validations:write', 'Changes a validation: what is named is set, null resets.', {
    returns: ValidationReceipt,
    args: { ...ID_ARGUMENT, ...inputOf(ValidationPatch) },
    kind: 'update',
  })
  updateValidation(call: Call): Promise<Row> {
    const changed = this.service.patch(call.session, call.id, call.ifMatch, call.input);
    return call.receipt(Validation, 'validation', changed);
  }

  @Writes('validations:write', 'Replaces the content of a validation.', {
    returns: ValidationReceipt,
    args: { ...ID_ARGUMENT, ...inputOf(ValidationReplacement) },
    kind: 'update',
  })
  replaceValidation(call: Call): Promise<Row> {
    const replaced = this.service.replace(call.session, call.id, call.ifMatch, call.input);
    return call.receipt(Validation, 'validation', replaced);
  }

  @Writes('validations:write', 'Deletes a validation with its attempts and findings.', {
    returns: null,
    args: ID_ARGUMENT,
    kind: 'update',
  })
  deleteValidation(call: Call): Promise<true> {
    return call.done(this.service.remove(call.session, call.id, call.ifMatch));
  }

  @Writes('validations:write', 'Starts another attempt of a validation that has ended.', {
    returns: ValidationReceipt,
    args: ID_ARGUMENT,
    kind: 'update',
  })
  retryValidation(call: Call): Promise<Row> {
    return call.receipt(Validation, 'validation', this.service.retry(call.session, call.id, call.ifMatch));
  }
}
