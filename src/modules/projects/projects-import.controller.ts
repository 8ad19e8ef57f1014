import { Body, Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentSession, Needs } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import { Answer, Document } from '../../platform/http/answer.js';
import { Describe } from '../../platform/http/describe.js';
import { Parameters, requestParameters } from '../../platform/http/request-parameters.js';
import { messageOfWrite } from '../../platform/operations/message.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { IMPORT_BODY_MAX } from '../../platform/http/server.js';
import { HttpOnly } from '../../platform/operations/operation.js';
import { projectAddress } from './project-address.js';
import { ProjectsExport } from './projects-export.service.js';
import { ExportParameters, ImportParameters, ImportReport } from './projects-import.dto.js';
import { ProjectsImport } from './projects-import.service.js';

const FILE = {
  type: 'object',
  description: 'A tasks.json file: an object of lists, each `{ tasks, metadata }`, or one such list alone.',
  additionalProperties: true,
} as const;

/** Imports and exports projects as tasks.json files. */
@ApiTags('projects')
@Controller('projects')
export class ProjectsImportController {
  constructor(
    private readonly imports: ProjectsImport,
    private readonly exports: ProjectsExport,
  ) {}

  @Post(':key/import')
  @HttpOnly('file transfer')
  @HttpCode(200)
  @Needs('tasks:write')
  @RouteConfig({ textBody: IMPORT_BODY_MAX })
  @Parameters(ImportParameters, 'key')
  @ApiBody({ schema: FILE })
  @Describe({
    summary: 'Import a tasks.json file of any shape',
    description:
      'Tasks are matched by list and number, and merged against what was last exchanged with the source: what is unchanged in the file stays as it is in the project. Everything is imported or nothing, and `errors` names every problem of the file. The body may have 64 MiB.',
    returns: ImportReport,
    write: 'create',
    faults: ['NOT_FOUND', 'AMBIGUOUS_PROJECT', 'ALREADY_EXISTS'],
  })
  async import(@CurrentSession() session: Session, @Req() request: ApiRequest, @Body() body: unknown): Promise<Answer> {
    const given = requestParameters(ImportParameters, request);
    const { list = null, source = null, prune, createProject, conflicts } = given;
    const options = { list, source, prune, createProject, conflicts };
    const text = typeof body === 'string' ? body : '';
    const message = messageOfWrite('Import finished', session.dryRun);
    return Answer.of(await this.imports.import(session, projectAddress(given), text, options), { message });
  }

  @Get(':key/export')
  @HttpOnly('file transfer')
  @Needs('tasks:read')
  @Parameters(ExportParameters, 'key')
  @ApiResponse({
    status: 200,
    description: 'The file itself, not in an envelope.',
    content: { 'application/json': { schema: FILE } },
  })
  @Describe({
    summary: 'Export a project as a tasks.json file',
    description:
      'What was imported and not changed since comes back byte for byte. The answer counts as exchanged with the source when you may import.',
    faults: ['NOT_FOUND', 'AMBIGUOUS_PROJECT'],
  })
  async export(@CurrentSession() session: Session, @Req() request: ApiRequest): Promise<Document> {
    const { list = null, source = null, ...project } = requestParameters(ExportParameters, request);
    return new Document(await this.exports.export(session, projectAddress(project), { list, source }));
  }
}
