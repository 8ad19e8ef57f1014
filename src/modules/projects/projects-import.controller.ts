import { Body, Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentSession, Needs } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import { Answer, Document } from '../../platform/http/answer.js';
import { onlyParameters } from '../../platform/http/conditional.js';
import { Describe } from '../../platform/http/describe.js';
import { flagQuery, patternQuery } from '../../platform/http/parameters.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { IMPORT_BODY_MAX } from '../../platform/http/server.js';
import { LIST_PATTERN } from '../tasks/task.dto.js';
import { projectAddress } from './project-address.js';
import { ProjectsExport } from './projects-export.service.js';
import { ImportReport } from './projects-import.dto.js';
import { ProjectsImport } from './projects-import.service.js';

const TEAM = {
  name: 'teamId',
  required: false,
  description: 'The team, when several of yours have a project with this key.',
  schema: { type: 'string', format: 'uuid' },
} as const;
const LIST = { name: 'list', required: false, schema: { type: 'string', pattern: LIST_PATTERN.source } } as const;
const FILE = {
  type: 'object',
  description: 'A tasks.json file: an object of lists, each `{ tasks, metadata }`, or one such list alone.',
  additionalProperties: true,
} as const;

/** Projects as tasks.json files. */
@ApiTags('projects')
@Controller('projects')
export class ProjectsImportController {
  constructor(
    private readonly imports: ProjectsImport,
    private readonly exports: ProjectsExport,
  ) {}

  @Post(':key/import')
  @HttpCode(200)
  @Needs('tasks:write')
  @RouteConfig({ textBody: IMPORT_BODY_MAX })
  @ApiQuery(TEAM)
  @ApiQuery({ ...LIST, description: 'Import this list of the file only; a file without lists gets this name.' })
  @ApiQuery({
    name: 'prune',
    required: false,
    description: 'Delete tasks that an earlier import brought and the file has no more.',
    schema: { type: 'boolean', default: false },
  })
  @ApiBody({ schema: FILE })
  @Describe({
    summary: 'Import a tasks.json file of any shape',
    description:
      'Idempotent: tasks are matched by list and number. Everything is imported or nothing, and `errors` names every problem of the file. The body may have 64 MiB.',
    returns: ImportReport,
    write: 'create',
    faults: ['NOT_FOUND', 'AMBIGUOUS_PROJECT'],
  })
  async import(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('key') key: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    const { teamId, list, prune } = onlyParameters(request, 'teamId', 'list', 'prune');
    const options = { list: patternQuery('list', list, LIST_PATTERN), prune: flagQuery('prune', prune) };
    const text = typeof body === 'string' ? body : '';
    return Answer.of(await this.imports.import(session, projectAddress(key, teamId), text, options));
  }

  @Get(':key/export')
  @Needs('tasks:read')
  @ApiQuery(TEAM)
  @ApiQuery({ ...LIST, description: 'Export this list only.' })
  @ApiResponse({
    status: 200,
    description: 'The file itself, not in an envelope.',
    content: { 'application/json': { schema: FILE } },
  })
  @Describe({
    summary: 'Export a project as a tasks.json file',
    description: 'What was imported and not changed since comes back byte for byte, ids as integers.',
    faults: ['NOT_FOUND', 'AMBIGUOUS_PROJECT'],
  })
  async export(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('key') key: string,
  ): Promise<Document> {
    const { teamId, list } = onlyParameters(request, 'teamId', 'list');
    const only = patternQuery('list', list, LIST_PATTERN);
    return new Document(await this.exports.export(session, projectAddress(key, teamId), only));
  }
}
