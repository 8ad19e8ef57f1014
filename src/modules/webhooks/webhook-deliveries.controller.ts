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
import { Replay, ReplayRequest, WebhookDelivery, WebhookDeliveryLog } from './webhook-delivery.dto.js';
import { deliveryListRules } from './webhook.rules.js';
import { WebhookDeliveriesService } from './webhook-deliveries.service.js';

@ApiTags('webhooks')
@Controller('webhooks/:id')
export class WebhookDeliveriesController {
  constructor(private readonly deliveries: WebhookDeliveriesService) {}

  @Get('deliveries')
  @Needs('tasks:read', 'webhooks:read')
  @Describe({
    summary: 'List the deliveries of a webhook',
    list: deliveryListRules,
    returns: [WebhookDelivery],
    faults: ['NOT_FOUND'],
  })
  async list(@CurrentSession() session: Session, @Req() request: ApiRequest, @Param('id') id: string): Promise<Answer> {
    return listAnswer(
      await this.deliveries.list(session, uuidParameter('id', id), parseList(deliveryListRules, request.query)),
    );
  }

  @Get('deliveries/:deliveryId')
  @Needs('tasks:read', 'webhooks:read')
  @Describe({ summary: 'Get a delivery with its attempts', returns: WebhookDeliveryLog, faults: ['NOT_FOUND'] })
  async get(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Param('deliveryId') deliveryId: string,
  ): Promise<Answer> {
    onlyParameters(request);
    const { data } = await this.deliveries.get(
      session,
      uuidParameter('id', id),
      uuidParameter('deliveryId', deliveryId),
    );
    return new Answer(data);
  }

  @Post('deliveries/:deliveryId/replay')
  @HttpCode(202)
  @Needs('tasks:write', 'webhooks:write')
  @Describe({
    summary: 'Send a delivery again, with the same webhook-id',
    returns: WebhookDelivery,
    status: 202,
    write: 'create',
    versioned: false,
    faults: ['NOT_FOUND', 'CONFLICT'],
  })
  async replay(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Param('deliveryId') deliveryId: string,
  ): Promise<Answer> {
    onlyParameters(request);
    const webhookId = uuidParameter('id', id);
    const { data } = await this.deliveries.replay(session, webhookId, uuidParameter('deliveryId', deliveryId));
    return new Answer(data, { status: 202 });
  }

  @Post('replay')
  @HttpCode(202)
  @Needs('tasks:write', 'webhooks:write')
  @ApiBody({ type: ReplayRequest })
  @Describe({
    summary: 'Send events from a cursor or a moment on again',
    description:
      'Up to 1,000 events that the webhook wants and you may see; nextCursor tells where the next request goes on. Events are kept for some days.',
    returns: Replay,
    status: 202,
    write: 'create',
    versioned: false,
    faults: ['NOT_FOUND', 'CONFLICT', 'CURSOR_EXPIRED'],
  })
  async replaySince(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    onlyParameters(request);
    return Answer.of(await this.deliveries.replaySince(session, uuidParameter('id', id), body), { status: 202 });
  }

  @Post('test')
  @HttpCode(202)
  @Needs('tasks:write', 'webhooks:write')
  @Describe({
    summary: 'Send a test',
    description:
      'An event of the type `webhook.test`, signed like all others and tried once, also while the webhook is disabled. What came of it is in its delivery.',
    returns: WebhookDelivery,
    status: 202,
    write: 'create',
    versioned: false,
    faults: ['NOT_FOUND'],
  })
  async test(@CurrentSession() session: Session, @Req() request: ApiRequest, @Param('id') id: string): Promise<Answer> {
    onlyParameters(request);
    const { data } = await this.deliveries.test(session, uuidParameter('id', id));
    return new Answer(data, { status: 202 });
  }
}
