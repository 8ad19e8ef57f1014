import type { Type } from '@nestjs/common';
import { SetMetadata, applyDecorators, createParamDecorator } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import type { MessageId } from './live-client.js';
import type { LiveMessage } from './live-message.js';

/** What a kind of message is, for its handler, its documentation and the test that lists them all. */
export interface MessageKind {
  readonly event: string;
  readonly summary: string;
  readonly description?: string;
  /** The shape of `data`. */
  readonly data: Type;
  readonly example: object;
}

/** One that clients send. */
export interface ReceivedKind extends MessageKind {
  /** What answers it, beside `error`. */
  readonly answers: readonly string[];
}

export const MESSAGE_KIND = 'taskmaster:message';

/** The handler of a message. Like a route it must also declare who may send it (`@Needs`, `@SignedIn`, `@Public`). */
export const OnMessage = (kind: ReceivedKind): MethodDecorator =>
  applyDecorators(SubscribeMessage(kind.event), SetMetadata(MESSAGE_KIND, kind));

/** What the client put on the message to recognise its answer, as a handler's argument. */
export const AnswerTo = createParamDecorator((_: unknown, context): MessageId | undefined => {
  const [, , message] = context.getArgs<[unknown, unknown, LiveMessage]>();
  return message.id;
});

/** The kinds of message that a gateway handles, in the order of its methods. */
export function kindsOf(gateway: Type): { readonly kind: ReceivedKind; readonly handler: object }[] {
  const { prototype } = gateway as { prototype: Record<string, object> };
  return Object.getOwnPropertyNames(prototype)
    .map((name) => prototype[name])
    .flatMap((handler) => {
      const kind =
        typeof handler === 'function' ? (Reflect.getMetadata(MESSAGE_KIND, handler) as ReceivedKind | undefined) : null;
      return kind && handler ? [{ kind, handler }] : [];
    });
}
