import { Body, Controller, HttpCode, Param, Patch, Post, Put, Req, applyDecorators } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { CurrentSession, Needs } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import { Answer } from '../../platform/http/answer.js';
import { ifMatch, onlyParameters } from '../../platform/http/conditional.js';
import { Describe } from '../../platform/http/describe.js';
import { uuidParameter } from '../../platform/http/parameters.js';
import type { ApiRequest } from '../../platform/http/request.js';
import type { FaultCode } from '../../platform/faults/catalogue.js';
import { ErrorIgnore, ErrorMerge, ErrorPatch, ErrorReopen, ErrorResolve } from './error-status.dto.js';
import { ErrorStatusService } from './error-status.service.js';
import { ErrorLog } from './error.dto.js';

const faults: readonly FaultCode[] = ['NOT_FOUND', 'VERSION_MISMATCH', 'CONFLICT', 'RULE_VIOLATED'];

/** POST and PUT do the same: either is what people expect. */
const Act = (summary: string, type: new () => object, description = ''): MethodDecorator =>
  applyDecorators(
    HttpCode(200),
    Needs('errors:write'),
    ApiBody({ type, required: false }),
    Describe({ summary, returns: ErrorLog, write: 'update', faults, ...(description === '' ? {} : { description }) }),
  );

const RESOLVE =
  'An occurrence after now is a regression, unless its release is older than `inVersion` (by default the newest that the error was seen in).';
const IGNORE = 'Whatever comes first ends it; without any of them it is ignored for ever.';

@ApiTags('errors')
@Controller('errors/:id')
export class ErrorStatusController {
  constructor(private readonly errors: ErrorStatusService) {}

  @Patch()
  @Needs('errors:write')
  @ApiBody({ type: ErrorPatch })
  @Describe({
    summary: 'Change an error (JSON merge patch): assign it, link it to a task, name it, note something',
    returns: ErrorLog,
    write: 'update',
    faults,
  })
  async patch(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    return answer(request, id, (own, version) => this.errors.patch(session, own, version, body));
  }

  @Post('resolve')
  @Act('Resolve an error', ErrorResolve, RESOLVE)
  async resolve(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    return answer(request, id, (own, version) => this.errors.resolve(session, own, version, body));
  }

  @Put('resolve')
  @Act('Resolve an error', ErrorResolve, RESOLVE)
  async putResolve(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    return answer(request, id, (own, version) => this.errors.resolve(session, own, version, body));
  }

  @Post('reopen')
  @Act('Reopen an error', ErrorReopen)
  async reopen(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    return answer(request, id, (own, version) => this.errors.reopen(session, own, version, body));
  }

  @Put('reopen')
  @Act('Reopen an error', ErrorReopen)
  async putReopen(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    return answer(request, id, (own, version) => this.errors.reopen(session, own, version, body));
  }

  @Post('ignore')
  @Act('Ignore an error', ErrorIgnore, IGNORE)
  async ignore(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    return answer(request, id, (own, version) => this.errors.ignore(session, own, version, body));
  }

  @Put('ignore')
  @Act('Ignore an error', ErrorIgnore, IGNORE)
  async putIgnore(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    return answer(request, id, (own, version) => this.errors.ignore(session, own, version, body));
  }

  @Post('merge')
  @HttpCode(200)
  @Needs('errors:write')
  @ApiBody({ type: ErrorMerge })
  @Describe({
    summary: 'Merge an error into another one of the team',
    description:
      'Occurrences, counts and users move, and later occurrences with its fingerprint are counted there. Answers the other one.',
    returns: ErrorLog,
    write: 'update',
    faults,
  })
  async merge(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    return answer(request, id, (own, version) => this.errors.merge(session, own, version, body));
  }
}

async function answer(
  request: ApiRequest,
  id: string,
  act: (id: string, version: number | null) => Promise<{ readonly version: number; readonly data: string }>,
): Promise<Answer> {
  onlyParameters(request);
  const row = await act(uuidParameter('id', id), ifMatch(request));
  return new Answer(row.data, { version: row.version });
}
