import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import { CurrentSession, Needs } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import { Answer } from '../../platform/http/answer.js';
import { Describe } from '../../platform/http/describe.js';
import { Parameters, requestParameters } from '../../platform/http/request-parameters.js';
import { messageOfWrite } from '../../platform/operations/message.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { IMPORT_BODY_MAX } from '../../platform/http/server.js';
import { HttpOnly } from '../../platform/operations/operation.js';
import { textOfReport } from './reports/report.encoding.js';
import { ValidationImport, ValidationImportParameters } from './validations-import.dto.js';
import { ValidationsImport } from './validations-import.service.js';

const FILE_TYPES = ['application/sarif+json', 'application/xml', 'text/xml'];

/** Imports validations from report files. */
@ApiTags('validations')
@Controller('validations')
export class ValidationsImportController {
  constructor(private readonly imports: ValidationsImport) {}

  @Post('import')
  @HttpOnly('file transfer')
  @HttpCode(200)
  @Needs('validations:write')
  @RouteConfig({ textBody: IMPORT_BODY_MAX, textTypes: FILE_TYPES, decode: textOfReport, takesIngestKeys: true })
  @Parameters(ValidationImportParameters)
  @ApiConsumes('application/json', ...FILE_TYPES)
  @ApiBody({
    schema: {
      description: 'The file itself: SARIF 2.1.0 as JSON, or JUnit XML.',
      type: 'object',
      additionalProperties: true,
    },
  })
  @Describe({
    summary: 'Import a report: SARIF 2.1.0 or JUnit XML',
    description:
      'One validation for each run of a SARIF file, one for a JUnit file, all or none. Single values that cannot be used are set aside and listed. While its results are the latest of their tools, the same file again changes nothing. The body may have 64 MiB; document type declarations are refused.',
    returns: ValidationImport,
    write: 'create',
    faults: ['NOT_FOUND'],
  })
  async import(@CurrentSession() session: Session, @Req() request: ApiRequest, @Body() body: unknown): Promise<Answer> {
    const isXml = /^(application|text)\/xml/i.test(request.headers['content-type'] ?? '');
    const {
      taskId,
      format = isXml ? 'junit' : 'sarif',
      ...given
    } = requestParameters(ValidationImportParameters, request);
    const { validationType = format === 'junit' ? 'testing' : 'security' } = given;
    const target = { taskId, format, validationType, toolName: given.toolName ?? null };
    const text = typeof body === 'string' ? body : '';
    const message = messageOfWrite('Import finished', session.dryRun);
    return Answer.of(await this.imports.import(session, target, text), { message });
  }
}
