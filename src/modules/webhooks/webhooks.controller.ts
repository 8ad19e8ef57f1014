import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Req } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { CurrentSession, Needs } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import { Answer } from '../../platform/http/answer.js';
import { ifMatch, onlyParameters } from '../../platform/http/conditional.js';
import { Describe } from '../../platform/http/describe.js';
import { uuidParameter } from '../../platform/http/parameters.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { listAnswer } from '../../platform/http/rows.js';
import { parseList } from '../../platform/schema/list-query.js';
import { sparse } from '../../platform/schema/sparse.js';
import { NewWebhook, SecretRotation, ShownWebhook, Webhook, WebhookPatch } from './webhook.dto.js';
import { webhookListRules } from './webhook.rules.js';
import type { MadeWebhook } from './webhooks.service.js';
import { WebhooksService } from './webhooks.service.js';

const WHO = 'For owners and admins of the team, and for holders of `webhooks:write`.';

function shown({ id, data, version, secret }: MadeWebhook, status: number): Answer {
  return new Answer(`${data.slice(0, -1)},"secret":${JSON.stringify(secret)}}`, {
    status,
    version,
    ...(status === 201 ? { location: `/api/v1/webhooks/${id}` } : {}),
  });
}

/** What a webhook has to tell besides its version changes on its own. */
function plain({ data, version }: Omit<MadeWebhook, 'secret'>): Answer {
  return new Answer(data, { version, alwaysSent: true });
}

@ApiTags('webhooks')
@Controller('webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Get()
  @Needs('tasks:read', 'webhooks:read')
  @Describe({
    summary: 'List webhooks',
    description: 'Those of the teams that you manage, or of all your teams with `webhooks:read`.',
    list: webhookListRules,
    returns: [Webhook],
  })
  async list(@CurrentSession() session: Session, @Req() request: ApiRequest): Promise<Answer> {
    return listAnswer(await this.webhooks.list(session, parseList(webhookListRules, request.query)));
  }

  @Post()
  @Needs('tasks:write', 'webhooks:write')
  @ApiBody({ type: NewWebhook })
  @Describe({
    summary: 'Make a webhook; its secret is shown once',
    description: `${WHO} It is sent the events that you may see. A repeated answer (Idempotency-Key) shows no secret.`,
    returns: ShownWebhook,
    status: 201,
    write: 'create',
    faults: ['NOT_FOUND', 'RULE_VIOLATED'],
  })
  async create(@CurrentSession() session: Session, @Req() request: ApiRequest, @Body() body: unknown): Promise<Answer> {
    onlyParameters(request);
    return shown(await this.webhooks.create(session, body), 201);
  }

  @Get(':id')
  @Needs('tasks:read', 'webhooks:read')
  @Describe({ summary: 'Get a webhook', returns: Webhook, sparse: Webhook, versioned: true, faults: ['NOT_FOUND'] })
  async get(@CurrentSession() session: Session, @Req() request: ApiRequest, @Param('id') id: string): Promise<Answer> {
    const { fields } = onlyParameters(request, 'fields');
    return plain(await this.webhooks.get(session, uuidParameter('id', id), sparse(Webhook, fields)));
  }

  @Patch(':id')
  @Needs('tasks:write', 'webhooks:write')
  @ApiBody({ type: WebhookPatch })
  @Describe({
    summary: 'Change a webhook (JSON merge patch)',
    description: `${WHO} Whoever changes it owns it from then on: it is sent what this person may see.`,
    returns: Webhook,
    write: 'update',
    faults: ['NOT_FOUND', 'VERSION_MISMATCH', 'RULE_VIOLATED'],
  })
  async patch(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    onlyParameters(request);
    return plain(await this.webhooks.patch(session, uuidParameter('id', id), ifMatch(request), body));
  }

  @Delete(':id')
  @HttpCode(204)
  @Needs('tasks:write', 'webhooks:write')
  @Describe({
    summary: 'Delete a webhook with its secrets and its log',
    description: WHO,
    status: 204,
    write: 'update',
    faults: ['NOT_FOUND', 'VERSION_MISMATCH'],
  })
  async remove(@CurrentSession() session: Session, @Req() request: ApiRequest, @Param('id') id: string): Promise<void> {
    onlyParameters(request);
    await this.webhooks.remove(session, uuidParameter('id', id), ifMatch(request));
  }

  @Post(':id/rotate')
  @HttpCode(200)
  @Needs('tasks:write', 'webhooks:write')
  @ApiBody({ type: SecretRotation, required: false })
  @Describe({
    summary: 'Give a webhook a new secret; it is shown once',
    description: `${WHO} Until the overlap ends, deliveries carry two signatures. A repeated answer shows no secret.`,
    returns: ShownWebhook,
    write: 'create',
    faults: ['NOT_FOUND'],
  })
  async rotate(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    onlyParameters(request);
    return shown(await this.webhooks.rotate(session, uuidParameter('id', id), body), 200);
  }
}
