import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { CurrentSession, SignedIn } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import { Answer } from '../../platform/http/answer.js';
import { onlyParameters } from '../../platform/http/conditional.js';
import { Describe } from '../../platform/http/describe.js';
import { uuidParameter } from '../../platform/http/parameters.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { listAnswer } from '../../platform/http/rows.js';
import { parseList } from '../../platform/schema/list-query.js';
import { ApiKey, NewApiKey, Rotation, ShownApiKey } from './api-key.dto.js';
import type { MadeApiKey } from './api-keys.service.js';
import { ApiKeysService } from './api-keys.service.js';
import { apiKeyListRules } from './identity.rules.js';

function shown({ data, key }: MadeApiKey): Answer {
  return new Answer(`${data.slice(0, -1)},"key":${JSON.stringify(key)}}`, { status: 201 });
}

@ApiTags('identity')
@Controller('api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Get()
  @SignedIn()
  @Describe({ summary: 'List your API keys', list: apiKeyListRules, returns: [ApiKey] })
  async list(@CurrentSession() session: Session, @Req() request: ApiRequest): Promise<Answer> {
    return listAnswer(await this.keys.list(session, parseList(apiKeyListRules, request.query)));
  }

  @Post()
  @SignedIn()
  @ApiBody({ type: NewApiKey })
  @Describe({
    summary: 'Make an API key; it is shown once',
    description: 'A credential with scopes cannot make one. A repeated answer (Idempotency-Key) shows no key.',
    returns: ShownApiKey,
    status: 201,
    write: 'create',
    faults: ['RULE_VIOLATED'],
  })
  async create(@CurrentSession() session: Session, @Req() request: ApiRequest, @Body() body: unknown): Promise<Answer> {
    onlyParameters(request);
    return shown(await this.keys.create(session, body));
  }

  @Post(':id/rotate')
  @SignedIn()
  @ApiBody({ type: Rotation, required: false })
  @Describe({
    summary: 'Make the successor of an API key; the old one works on for a while',
    description: 'The successor has the same name, scopes and lifetime. A repeated answer shows no key.',
    returns: ShownApiKey,
    status: 201,
    write: 'create',
    faults: ['NOT_FOUND', 'CONFLICT'],
  })
  async rotate(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    onlyParameters(request);
    return shown(await this.keys.rotate(session, uuidParameter('id', id), body));
  }

  @Delete(':id')
  @HttpCode(204)
  @SignedIn()
  @Describe({
    summary: 'Revoke an API key; it is refused from the next request on',
    status: 204,
    write: 'change',
    faults: ['NOT_FOUND'],
  })
  async revoke(@CurrentSession() session: Session, @Req() request: ApiRequest, @Param('id') id: string): Promise<void> {
    onlyParameters(request);
    await this.keys.revoke(session, uuidParameter('id', id));
  }
}
