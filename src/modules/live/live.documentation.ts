import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { EventCatalogue } from '../../platform/events/event-catalogue.js';
import { API_VERSION } from '../../platform/http/answer.js';
import { asyncApiDocument } from '../../platform/realtime/async-api.js';
import { closeCodes } from '../../platform/realtime/close-codes.js';
import type { MessageKind } from '../../platform/realtime/message.js';
import { kindsOf } from '../../platform/realtime/message.js';
import { Authenticated, LiveEvent, LiveProblem, Pong, Subscribed, SubscriptionName } from './live.dto.js';
import { LiveGateway } from './live.gateway.js';

const CURSOR = 'mZ0yrcYT0bVh5nPzTz2Y4w';
const TASK = '0190f3b2-7a51-7c3e-9a44-0c1d2e3f4a5b';

const DESCRIPTION = `What happens in TaskMaster, as it happens, to those who may see it: PostgreSQL is asked for every batch.

Send \`X-API-Key\` or \`Authorization: Bearer\` with the handshake, or \`authenticate\` as the first message. Keep the last
\`cursor\`: after a connection has ended, \`subscribe\` with it as \`since\` goes on without a gap.

| Closed with | | |
| --- | --- | --- |
${Object.values(closeCodes)
  .map(({ code, reason, meaning }) => `| ${code} | ${reason} | ${meaning} |`)
  .join('\n')}`;

function eventTypes(types: EventCatalogue['types']): string {
  const rows = types.map(({ type, description, names = {}, needs }) => {
    const more = Object.keys(names).map((name) => `\`${name}\``);
    const also = more.length === 0 ? '' : ` Data also has ${more.join(', ')}.`;
    return `| \`${type}\` | ${description}${also} | \`${needs}\` |`;
  });
  return ['| Type | When | Needs |', '| --- | --- | --- |', ...rows].join('\n');
}

/** The messages that the service sends. */
const SENT: readonly MessageKind[] = [
  {
    event: 'authenticated',
    summary: 'The credential is valid',
    data: Authenticated,
    example: { userId: '0190f3b2-7a51-7c3e-9a44-0c1d2e3f4a5c', expiresAt: null },
  },
  {
    event: 'subscribed',
    summary: 'The subscription is live: everything after the cursor arrives as it happens',
    data: Subscribed,
    example: { id: 'board', cursor: CURSOR },
  },
  {
    event: 'unsubscribed',
    summary: 'The subscription has ended',
    data: SubscriptionName,
    example: { id: 'board' },
  },
  {
    event: 'event',
    summary: 'Something has happened',
    data: LiveEvent,
    example: {
      ids: ['board'],
      cursor: CURSOR,
      event: { specversion: '1.0', id: '0190f3b2-7a51-7c3e-9a44-0c1d2e3f4a5d', type: 'task.created', subject: TASK },
    },
  },
  { event: 'pong', summary: 'The connection is alive', data: Pong, example: { cursor: CURSOR } },
  {
    event: 'error',
    summary: 'A message was refused, or a subscription has ended',
    description: 'The same codes as over REST.',
    data: LiveProblem,
    example: {
      success: false,
      type: 'https://taskmaster.dev/errors#already-exists',
      title: 'Already exists',
      status: 409,
      detail: 'There is a subscription board already.',
      instance: '/ws',
      code: 'ALREADY_EXISTS',
      errors: [],
      requestId: 'req_0f3b27a51c000001',
      subscription: 'board',
    },
  },
];

/** The AsyncAPI 3.0 document of the WebSocket API. Its shapes and messages come from the gateway. */
export function liveDocument(app: INestApplication): object {
  const received = kindsOf(LiveGateway).map(({ kind }) => kind);
  const types = eventTypes(app.get(EventCatalogue).types);
  const messages = SENT.map((one) => (one.event === 'event' ? { ...one, description: types } : one));
  const shapes = [...received, ...messages].map(({ data }) => data);
  const document = SwaggerModule.createDocument(app, new DocumentBuilder().setOpenAPIVersion('3.1.0').build(), {
    extraModels: shapes,
    include: [],
  });
  return asyncApiDocument({
    path: '/ws',
    title: 'TaskMaster live',
    version: API_VERSION,
    description: DESCRIPTION,
    received,
    sent: messages,
    schemas: document.components?.schemas ?? {},
  });
}

/** Serves the document at /asyncapi.json and /api/v1/asyncapi.json. */
export function installLiveDocumentation(app: INestApplication): void {
  const server = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  let text: string | null = null;
  const answer = (_request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    text ??= JSON.stringify(liveDocument(app));
    return reply.header('content-type', 'application/json; charset=utf-8').send(text);
  };
  server.get('/asyncapi.json', answer);
  server.get('/api/v1/asyncapi.json', answer);
}
