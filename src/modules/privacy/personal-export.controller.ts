import { Controller, Get, Req } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentSession, SignedIn } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import { Document } from '../../platform/http/answer.js';
import { Describe } from '../../platform/http/describe.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { Parameters, requestParameters } from '../../platform/http/request-parameters.js';
import { HttpOnly } from '../../platform/operations/operation.js';
import { PersonalExportParameters } from './personal-export.dto.js';
import { PersonalExport } from './personal-export.service.js';

const FILE = {
  type: 'object',
  description: 'Each table with its number of rows and a part of them. Names of fields are those of the database.',
  required: ['exportedAt', 'userId', 'limit', 'offset', 'tables'],
  properties: {
    exportedAt: { type: 'string', format: 'date-time', description: 'When it was made.' },
    userId: { type: 'string', format: 'uuid', description: 'Whose data it is.' },
    limit: { type: 'integer', description: 'Rows of each table at most.' },
    offset: { type: 'integer', description: 'Rows of each table that were left out.' },
    tables: {
      type: 'object',
      description: 'By name of the table.',
      additionalProperties: {
        type: 'object',
        required: ['total', 'rows'],
        properties: {
          total: { type: 'integer', description: 'How many rows there are.' },
          rows: { type: 'array', items: { type: 'object', additionalProperties: true }, description: 'The rows.' },
        },
      },
    },
  },
};

@ApiTags('privacy')
@Controller('me')
export class PersonalExportController {
  constructor(private readonly exports: PersonalExport) {}

  @Get('export')
  @HttpOnly('file transfer')
  @SignedIn()
  @Parameters(PersonalExportParameters)
  @ApiResponse({
    status: 200,
    description: 'The file itself, not in an envelope.',
    content: { 'application/json': { schema: FILE } },
  })
  @Describe({
    summary: 'Export everything that the service holds about you',
    description:
      'Your account and credentials without secrets, teams, what you made and do in them, and the audit trail of what you did. docs/personal-data.md lists every field. A key with scopes is refused.',
  })
  async export(@CurrentSession() session: Session, @Req() request: ApiRequest): Promise<Document> {
    return new Document(await this.exports.export(session, requestParameters(PersonalExportParameters, request)));
  }
}
