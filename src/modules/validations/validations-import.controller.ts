import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes, ApiQuery, ApiTags } from '@nestjs/swagger';
import { CurrentSession, Needs } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import type { FieldProblem } from '../../platform/faults/fault.js';
import { invalid } from '../../platform/faults/fault.js';
import { Answer } from '../../platform/http/answer.js';
import { onlyParameters } from '../../platform/http/conditional.js';
import { Describe } from '../../platform/http/describe.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { IMPORT_BODY_MAX } from '../../platform/http/server.js';
import { VALIDATION_TYPES } from './validation.words.js';
import { ValidationImport } from './validations-import.dto.js';
import type { ImportTarget } from './validations-import.service.js';
import { ValidationsImport } from './validations-import.service.js';
import { isUuid } from '../../platform/schema/uuid.js';

const FORMATS = ['sarif', 'junit'] as const;
const FILE_TYPES = ['application/sarif+json', 'application/xml', 'text/xml'];

/** What the query asks for. @throws Fault VALIDATION_FAILED that names every problem */
function targetOf(query: Readonly<Record<string, string | undefined>>, isXml: boolean): ImportTarget {
  const {
    taskId,
    format = isXml ? 'junit' : 'sarif',
    validationType = format === 'junit' ? 'testing' : 'security',
  } = query;
  const problems: FieldProblem[] = [];
  const check = (name: string, isRight: boolean, message: string): void => {
    if (!isRight) problems.push({ path: `query.${name}`, message, code: 'INVALID_PARAMETER' });
  };
  check('taskId', taskId !== undefined && isUuid(taskId), taskId === undefined ? 'is missing' : 'must be a UUID');
  check('format', (FORMATS as readonly string[]).includes(format), `must be one of ${FORMATS.join(', ')}`);
  check(
    'validationType',
    (VALIDATION_TYPES as readonly string[]).includes(validationType),
    `must be one of ${VALIDATION_TYPES.join(', ')}`,
  );
  if (problems.length > 0) throw invalid(problems);
  return { taskId: taskId ?? '', format: format as ImportTarget['format'], validationType };
}

/** Validations as the files that tools write. */
@ApiTags('validations')
@Controller('validations')
export class ValidationsImportController {
  constructor(private readonly imports: ValidationsImport) {}

  @Post('import')
  @HttpCode(200)
  @Needs('validations:write')
  @RouteConfig({ textBody: IMPORT_BODY_MAX, textTypes: FILE_TYPES })
  @ApiQuery({ name: 'taskId', description: 'Task that was checked.', schema: { type: 'string', format: 'uuid' } })
  @ApiQuery({
    name: 'format',
    required: false,
    description: 'What the body is; by default junit for XML and sarif for JSON.',
    schema: { type: 'string', enum: [...FORMATS] },
  })
  @ApiQuery({
    name: 'validationType',
    required: false,
    description: 'What was checked; by default testing for junit and security for sarif.',
    schema: { type: 'string', enum: [...VALIDATION_TYPES] },
  })
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
      'One validation for each run of a SARIF file, one for a JUnit file. Everything is imported or nothing, and `errors` names what is wrong with the file. The same file again changes nothing. The body may have 64 MiB; document type declarations are refused.',
    returns: ValidationImport,
    write: 'create',
    faults: ['NOT_FOUND'],
  })
  async import(@CurrentSession() session: Session, @Req() request: ApiRequest, @Body() body: unknown): Promise<Answer> {
    const query = onlyParameters(request, 'taskId', 'format', 'validationType');
    const isXml = /^(application|text)\/xml/i.test(request.headers['content-type'] ?? '');
    const text = typeof body === 'string' ? body : '';
    return Answer.of(await this.imports.import(session, targetOf(query, isXml), text));
  }
}
