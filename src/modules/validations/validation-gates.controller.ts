import { Controller, Get, Param, Req } from '@nestjs/common';
import { ApiExtraModels, ApiTags } from '@nestjs/swagger';
import { CurrentSession, Needs } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import type { Answer } from '../../platform/http/answer.js';
import { onlyParameters } from '../../platform/http/conditional.js';
import { Describe } from '../../platform/http/describe.js';
import { uuidParameter } from '../../platform/http/parameters.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { rowAnswer } from '../../platform/http/rows.js';
import { GateCondition, GateReport, ValidationGate } from './validation-gate.dto.js';
import { ValidationGates } from './validation-gates.service.js';

@ApiTags('validations')
@ApiExtraModels(GateCondition, ValidationGate)
@Controller('tasks')
export class ValidationGatesController {
  constructor(private readonly gates: ValidationGates) {}

  @Get(':id/gate')
  @Needs('validations:read')
  @Describe({
    summary: 'Judge the latest validations of a task by what its project asks for',
    description:
      'The gate is `settings.validationGate` of the project. The latest result of a type is the one recorded last; those that one import recorded count together.',
    returns: GateReport,
    faults: ['NOT_FOUND'],
  })
  async report(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
  ): Promise<Answer> {
    onlyParameters(request);
    return rowAnswer(await this.gates.report(session, uuidParameter('id', id)));
  }
}
