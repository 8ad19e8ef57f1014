import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Req } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { CurrentSession, Needs } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import type { Answer } from '../../platform/http/answer.js';
import { ifMatch, onlyParameters } from '../../platform/http/conditional.js';
import { Describe } from '../../platform/http/describe.js';
import { uuidParameter } from '../../platform/http/parameters.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { createdAnswer, listAnswer, rowAnswer } from '../../platform/http/rows.js';
import { parseList } from '../../platform/schema/list-query.js';
import { sparse } from '../../platform/schema/sparse.js';
import { Finding } from './finding.dto.js';
import { findingListRules } from './finding.rules.js';
import { Validation, ValidationAttempt } from './validation.dto.js';
import { NewValidation, ValidationPatch, ValidationReceipt, ValidationReplacement } from './validation-input.dto.js';
import { attemptListRules, validationListRules } from './validation.rules.js';
import { ValidationsService } from './validations.service.js';

const BLIND = 'Who may write validations and not read them is answered id, version and validationStatus.';

@ApiTags('validations')
@Controller('validations')
export class ValidationsController {
  constructor(private readonly validations: ValidationsService) {}

  @Get()
  @Needs('validations:read')
  @Describe({ summary: 'List validations', list: validationListRules, returns: [Validation] })
  async list(@CurrentSession() session: Session, @Req() request: ApiRequest): Promise<Answer> {
    return listAnswer(await this.validations.list(session, parseList(validationListRules, request.query)));
  }

  @Post()
  @Needs('validations:write')
  @ApiBody({ type: NewValidation })
  @Describe({
    summary: 'Record a validation of a task',
    description: `Recorded once per task, type and externalId: a repetition answers the one there is, unchanged. ${BLIND}`,
    returns: Validation,
    receipt: ValidationReceipt,
    status: 201,
    repeated: 'It is recorded already.',
    write: 'create',
    faults: ['NOT_FOUND'],
  })
  async create(@CurrentSession() session: Session, @Req() request: ApiRequest, @Body() body: unknown): Promise<Answer> {
    onlyParameters(request);
    const { isNew, ...row } = await this.validations.create(session, body);
    return isNew ? createdAnswer(row, `/api/v1/validations/${row.id}`) : rowAnswer(row, 200);
  }

  @Get(':id')
  @Needs('validations:read')
  @Describe({
    summary: 'Get a validation',
    returns: Validation,
    sparse: Validation,
    conditional: true,
    faults: ['NOT_FOUND'],
  })
  async get(@CurrentSession() session: Session, @Req() request: ApiRequest, @Param('id') id: string): Promise<Answer> {
    const { fields } = onlyParameters(request, 'fields');
    return rowAnswer(await this.validations.get(session, uuidParameter('id', id), sparse(Validation, fields)));
  }

  @Put(':id')
  @Needs('validations:write')
  @ApiBody({ type: ValidationReplacement })
  @Describe({
    summary: 'Replace the content of a validation',
    description: `Status, times, externalId and findings stay as they are unless they are given. ${BLIND}`,
    returns: Validation,
    receipt: ValidationReceipt,
    write: 'update',
    faults: ['NOT_FOUND', 'VERSION_MISMATCH', 'ILLEGAL_TRANSITION', 'ALREADY_EXISTS', 'RULE_VIOLATED'],
  })
  async replace(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    onlyParameters(request);
    return rowAnswer(await this.validations.replace(session, uuidParameter('id', id), ifMatch(request), body));
  }

  @Patch(':id')
  @Needs('validations:write')
  @ApiBody({ type: ValidationPatch })
  @Describe({
    summary: 'Change a validation (JSON merge patch)',
    description: BLIND,
    returns: Validation,
    receipt: ValidationReceipt,
    write: 'update',
    faults: ['NOT_FOUND', 'VERSION_MISMATCH', 'ILLEGAL_TRANSITION', 'ALREADY_EXISTS', 'RULE_VIOLATED'],
  })
  async patch(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    onlyParameters(request);
    return rowAnswer(await this.validations.patch(session, uuidParameter('id', id), ifMatch(request), body));
  }

  @Delete(':id')
  @HttpCode(204)
  @Needs('validations:write')
  @Describe({
    summary: 'Delete a validation with its attempts and findings',
    description: 'Who may not read validations finds none to delete.',
    status: 204,
    write: 'update',
    faults: ['NOT_FOUND', 'VERSION_MISMATCH'],
  })
  async remove(@CurrentSession() session: Session, @Req() request: ApiRequest, @Param('id') id: string): Promise<void> {
    onlyParameters(request);
    await this.validations.remove(session, uuidParameter('id', id), ifMatch(request));
  }

  @Post(':id/retry')
  @HttpCode(200)
  @Needs('validations:write')
  @Describe({
    summary: 'Start another attempt of a validation that has ended',
    description: `It is queued again, and how the attempt before ended is kept. ${BLIND}`,
    returns: Validation,
    receipt: ValidationReceipt,
    write: 'update',
    faults: ['NOT_FOUND', 'VERSION_MISMATCH', 'ILLEGAL_TRANSITION'],
  })
  async retry(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
  ): Promise<Answer> {
    onlyParameters(request);
    return rowAnswer(await this.validations.retry(session, uuidParameter('id', id), ifMatch(request)));
  }

  @Get(':id/attempts')
  @Needs('validations:read')
  @Describe({
    summary: 'List the attempts of a validation that were followed by another one',
    list: attemptListRules,
    returns: [ValidationAttempt],
    faults: ['NOT_FOUND'],
  })
  async attempts(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
  ): Promise<Answer> {
    const list = parseList(attemptListRules, request.query);
    return listAnswer(await this.validations.attempts(session, uuidParameter('id', id), list));
  }

  @Get(':id/findings')
  @Needs('validations:read')
  @Describe({
    summary: 'List the findings of a validation',
    description: 'Those of the current attempt, unless `attempt=` asks for those of another one.',
    list: findingListRules,
    returns: [Finding],
    faults: ['NOT_FOUND'],
  })
  async findings(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
  ): Promise<Answer> {
    const list = parseList(findingListRules, request.query);
    return listAnswer(await this.validations.findings(session, uuidParameter('id', id), list));
  }
}
