import type { CustomDecorator, ExecutionContext } from '@nestjs/common';
import { SetMetadata, applyDecorators, createParamDecorator } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { Session } from './session.js';

/** What a route requires. A route without a declaration is refused. */
export type Access =
  | { readonly kind: 'public' }
  | { readonly kind: 'signed-in' }
  /** Any one of them is enough. */
  | { readonly kind: 'permission'; readonly permissions: readonly string[] };

export const ACCESS = 'taskmaster:access';

/** Requires a permission such as `tasks:write`, or one of several. PostgreSQL checks it again. */
export const Needs = (...permissions: [string, ...string[]]): CustomDecorator =>
  SetMetadata(ACCESS, { kind: 'permission', permissions } satisfies Access);

/** Requires only a valid credential. */
export const SignedIn = (): CustomDecorator => SetMetadata(ACCESS, { kind: 'signed-in' } satisfies Access);

/**
 * Open to everyone. `config` is the configuration of the route, which also tells that its body may be read without a
 * credential.
 */
export const Public = (config: object = {}): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(ACCESS, { kind: 'public' } satisfies Access), RouteConfig({ ...config, isPublic: true }));

/** The session that the guard opened. */
export function sessionOf({ session }: { readonly session?: Session }): Session {
  if (!session) throw new Error('A public route asked for a session.');
  return session;
}

/** Injects the session that the guard opened into a handler. */
export const CurrentSession = createParamDecorator((_: unknown, context: ExecutionContext): Session =>
  sessionOf(context.switchToHttp().getRequest<{ session?: Session }>()),
);
