import type { Type } from '@nestjs/common';
import { SetMetadata, applyDecorators, createParamDecorator } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import type { MessageId } from './live-client.js';
import type { LiveMessage } from './live-message.js';

/** A kind of message, for its handler, its documentation and the test that lists all kinds. */
export interface MessageKind {
  readonly event: string;
  readonly summary: string;
  readonly description?: string;
  /** The class of `data`. */
  readonly data: Type;
  readonly example: object;
}

/** A kind of message that clients send. */
export interface ReceivedKind extends MessageKind {
  /** The kinds of messages that answer it, besides `error`. */
  readonly answers: readonly string[];
}

export const MESSAGE_KIND = 'taskmaster:message';

/** Marks the handler of a message. It must also declare who may send it (`@Needs`, `@SignedIn`, `@Public`). */
export const OnMessage = (kind: ReceivedKind): MethodDecorator =>
  applyDecorators(SubscribeMessage(kind.event), SetMetadata(MESSAGE_KIND, kind));

/** Injects the id of the message, which its answer repeats. */
export const AnswerTo = createParamDecorator((_: unknown, context): MessageId | undefined => {
  const [, , message] = context.getArgs<[unknown, unknown, LiveMessage]>();
  return message.id;
});

/** The kinds of messages that a gateway handles, in the order of its methods. */
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
