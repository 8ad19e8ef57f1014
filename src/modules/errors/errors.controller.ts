import { Body, Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { CurrentSession, Needs } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import { Answer } from '../../platform/http/answer.js';
import { onlyParameters } from '../../platform/http/conditional.js';
import { Describe } from '../../platform/http/describe.js';
import { uuidParameter } from '../../platform/http/parameters.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { listAnswer } from '../../platform/http/rows.js';
import { parseList } from '../../platform/schema/list-query.js';
import { sparse } from '../../platform/schema/sparse.js';
import { ErrorBatch, ErrorBatchResult, NewError } from './error-input.dto.js';
import { ErrorOccurrence, ErrorResolution } from './error-history.dto.js';
import { ErrorLog, ErrorReceipt, RecordedError } from './error.dto.js';
import { errorListRules, occurrenceListRules, resolutionListRules } from './error.rules.js';
import { ErrorsService } from './errors.service.js';

@ApiTags('errors')
@Controller('errors')
export class ErrorsController {
  constructor(private readonly errors: ErrorsService) {}

  @Get()
  @Needs('errors:read')
  @Describe({ summary: 'List errors', list: errorListRules, returns: [ErrorLog] })
  async list(@CurrentSession() session: Session, @Req() request: ApiRequest): Promise<Answer> {
    return listAnswer(await this.errors.list(session, parseList(errorListRules, request.query)));
  }

  @Post()
  @Needs('errors:write')
  @ApiBody({ type: NewError })
  @Describe({
    summary: 'Report an error: 201 when it is new, 200 when it is counted',
    description:
      'Occurrences with the same fingerprint are one error within team, project and environment. Personal data and secrets are taken out before anything is stored.',
    returns: RecordedError,
    status: 201,
    repeated: 'It was counted: it had occurred before.',
    receipt: ErrorReceipt,
    write: 'create',
    faults: ['NOT_FOUND', 'AMBIGUOUS_PROJECT', 'RULE_VIOLATED'],
  })
  async record(@CurrentSession() session: Session, @Req() request: ApiRequest, @Body() body: unknown): Promise<Answer> {
    onlyParameters(request);
    const { id, isNew, version, data } = await this.errors.record(session, body);
    return new Answer(data, {
      ...(version === undefined ? {} : { version }),
      ...(isNew ? { status: 201, location: `/api/v1/errors/${id}` } : { status: 200 }),
    });
  }

  @Post('batch')
  @HttpCode(200)
  @Needs('errors:write')
  @ApiBody({ type: ErrorBatch })
  @Describe({
    summary: 'Report up to 1,000 errors in one transaction; one result each',
    returns: [ErrorBatchResult],
    write: 'create',
  })
  async batch(@CurrentSession() session: Session, @Req() request: ApiRequest, @Body() body: unknown): Promise<Answer> {
    onlyParameters(request);
    return Answer.of(await this.errors.recordAll(session, body));
  }

  @Get(':id')
  @Needs('errors:read')
  @Describe({ summary: 'Get an error', returns: ErrorLog, sparse: ErrorLog, versioned: true, faults: ['NOT_FOUND'] })
  async get(@CurrentSession() session: Session, @Req() request: ApiRequest, @Param('id') id: string): Promise<Answer> {
    const { fields } = onlyParameters(request, 'fields');
    const row = await this.errors.get(session, uuidParameter('id', id), sparse(ErrorLog, fields));
    return new Answer(row.data, { version: row.version, alwaysSent: true });
  }

  @Get(':id/occurrences')
  @Needs('errors:read')
  @Describe({
    summary: 'List the occurrences of an error that were kept',
    description:
      'The first 99, then every 10th, from the 1,000th on every 100th, and so on. Counts are exact all the same.',
    list: occurrenceListRules,
    returns: [ErrorOccurrence],
    faults: ['NOT_FOUND'],
  })
  async occurrences(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
  ): Promise<Answer> {
    return listAnswer(
      await this.errors.occurrences(session, uuidParameter('id', id), parseList(occurrenceListRules, request.query)),
    );
  }

  @Get(':id/history')
  @Needs('errors:read')
  @Describe({
    summary: "List every change of an error's status",
    list: resolutionListRules,
    returns: [ErrorResolution],
    faults: ['NOT_FOUND'],
  })
  async history(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
  ): Promise<Answer> {
    return listAnswer(
      await this.errors.history(session, uuidParameter('id', id), parseList(resolutionListRules, request.query)),
    );
  }
}
