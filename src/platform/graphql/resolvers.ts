import { RESOLVER_NAME_METADATA, RESOLVER_TYPE_METADATA } from '@nestjs/graphql';
import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import { admit } from '../http/access.guard.js';
import type { Access } from '../auth/permission.js';
import { ACCESS } from '../auth/permission.js';
import type { GraphqlContext } from './call.js';
import { Call } from './call.js';

type Method = (call: Call) => unknown;

/** A root field: the method that answers it, and what it declares. */
export interface RootField {
  readonly kind: 'Query' | 'Mutation' | 'Subscription';
  readonly name: string;
  readonly access: Access | undefined;
  readonly method: Method;
}

function fieldsOfResolver(resolver: object): RootField[] {
  const prototype = Object.getPrototypeOf(resolver) as Record<string, unknown>;
  return Object.getOwnPropertyNames(prototype).flatMap((key) => {
    const method = prototype[key];
    if (typeof method !== 'function') return [];
    const kind = Reflect.getMetadata(RESOLVER_TYPE_METADATA, method) as RootField['kind'] | undefined;
    if (kind === undefined) return [];
    const name = (Reflect.getMetadata(RESOLVER_NAME_METADATA, method) as string | undefined) ?? key;
    const access = Reflect.getMetadata(ACCESS, method) as Access | undefined;
    return [{ kind, name, access, method: (method as Method).bind(resolver) }];
  });
}

/** Every root field that the resolvers answer. */
export function rootFields(resolvers: readonly object[]): RootField[] {
  return resolvers.flatMap(fieldsOfResolver);
}

/** Deny by default: what a field declares is checked before its method runs, and nothing declared is nothing allowed. */
export function resolverOf({ access, method }: RootField): GraphQLFieldResolver<unknown, GraphqlContext> {
  return (_root, args: Record<string, unknown>, context, info) => {
    admit(access, context.request);
    return method(new Call(args, context, info));
  };
}

/** Puts the methods into the schema that was made from their decorators. */
export function bindResolvers(schema: GraphQLSchema, fields: readonly RootField[]): void {
  const roots = {
    Query: schema.getQueryType(),
    Mutation: schema.getMutationType(),
    Subscription: schema.getSubscriptionType(),
  };
  for (const field of fields) {
    const bound = roots[field.kind]?.getFields()[field.name];
    if (!bound) throw new Error(`The schema has no ${field.kind} ${field.name}.`);
    // A subscription is begun by the socket, and its events have the form of the field already.
    if (field.kind !== 'Subscription') bound.resolve = resolverOf(field);
  }
}
