import { UseFilters } from '@nestjs/common';
import { ConnectedSocket, MessageBody, WebSocketGateway } from '@nestjs/websockets';
import { CurrentSession, Public, SignedIn } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import type { LiveClient, MessageId } from '../../platform/realtime/live-client.js';
import { AnswerTo, OnMessage } from '../../platform/realtime/message.js';
import { SocketFaultFilter } from '../../platform/realtime/socket-faults.js';
import type { Authenticated, Pong } from './live.dto.js';
import { Authenticate, Ping, Subscribe, SubscriptionName } from './live.dto.js';
import { LiveService } from './live.service.js';

/** A reply in the shape of Nest's adapters. */
interface Reply<T> {
  readonly event: string;
  readonly data: T;
}

const TOKEN = 'tmk_…';

@WebSocketGateway({ path: '/ws' })
@UseFilters(SocketFaultFilter)
export class LiveGateway {
  constructor(private readonly live: LiveService) {}

  @OnMessage({
    event: 'authenticate',
    summary: 'Say who you are',
    description:
      'For browsers, which cannot send headers; within 5 seconds. A newer token of the same user renews the connection.',
    data: Authenticate,
    answers: ['authenticated'],
    example: { token: TOKEN },
  })
  @Public()
  async authenticate(
    @ConnectedSocket() client: LiveClient,
    @MessageBody() body: unknown,
  ): Promise<Reply<Authenticated>> {
    return { event: 'authenticated', data: await this.live.authenticate(client, body) };
  }

  @OnMessage({
    event: 'subscribe',
    summary: 'Listen to what you may see',
    description:
      'With `since`, what has happened since comes first, as `event`; `subscribed` says that from there on everything arrives as it happens.',
    data: Subscribe,
    answers: ['event', 'subscribed'],
    example: { id: 'board', projectKey: 'website', types: ['task.*'] },
  })
  @SignedIn()
  subscribe(
    @CurrentSession() session: Session,
    @ConnectedSocket() client: LiveClient,
    @MessageBody() body: unknown,
    @AnswerTo() answerTo: MessageId | undefined,
  ): void {
    this.live.subscribe(session, client, body, answerTo);
  }

  @OnMessage({
    event: 'unsubscribe',
    summary: 'End a subscription',
    data: SubscriptionName,
    answers: ['unsubscribed'],
    example: { id: 'board' },
  })
  @SignedIn()
  unsubscribe(@ConnectedSocket() client: LiveClient, @MessageBody() body: unknown): Reply<SubscriptionName> {
    return { event: 'unsubscribed', data: this.live.unsubscribe(client, body) };
  }

  @OnMessage({
    event: 'ping',
    summary: 'Ask whether the connection is alive, and for a cursor although nothing has happened',
    data: Ping,
    answers: ['pong'],
    example: {},
  })
  @SignedIn()
  ping(@ConnectedSocket() client: LiveClient, @MessageBody() body: unknown): Reply<Pong> {
    return { event: 'pong', data: this.live.ping(client, body) };
  }
}
