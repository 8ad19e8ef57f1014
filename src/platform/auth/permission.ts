import type { CustomDecorator, ExecutionContext } from '@nestjs/common';
import { SetMetadata, createParamDecorator } from '@nestjs/common';
import type { Session } from './session.js';

/** What a route declares; a route that declares nothing is refused. */
export type Access =
  | { readonly kind: 'public' }
  | { readonly kind: 'signed-in' }
  /** One of them is enough. */
  | { readonly kind: 'permission'; readonly permissions: readonly string[] };

export const ACCESS = 'taskmaster:access';

/** Needs a permission such as `tasks:write`, or one of several. PostgreSQL checks it again. */
export const Needs = (...permissions: [string, ...string[]]): CustomDecorator =>
  SetMetadata(ACCESS, { kind: 'permission', permissions } satisfies Access);

/** Needs a valid credential and nothing else. */
export const SignedIn = (): CustomDecorator => SetMetadata(ACCESS, { kind: 'signed-in' } satisfies Access);

/** Open to everyone. */
export const Public = (): CustomDecorator => SetMetadata(ACCESS, { kind: 'public' } satisfies Access);

/** The session that the guard opened. */
export function sessionOf({ session }: { readonly session?: Session }): Session {
  if (!session) throw new Error('A public route asked for a session.');
  return session;
}

/** The session that the guard opened, as a handler's argument. */
export const CurrentSession = createParamDecorator((_: unknown, context: ExecutionContext): Session =>
  sessionOf(context.switchToHttp().getRequest<{ session?: Session }>()),
);
