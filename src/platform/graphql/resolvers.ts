import { RESOLVER_NAME_METADATA, RESOLVER_TYPE_METADATA } from '@nestjs/graphql';
import type { ExternalContextCreator } from '@nestjs/core';
import type { GraphQLFieldResolver, GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import { admit } from '../http/access.guard.js';
import type { Access } from '../auth/permission.js';
import { ACCESS } from '../auth/permission.js';
import type { GraphqlContext } from './call.js';
import { Call } from './call.js';

type Method = (...args: unknown[]) => unknown;
type Resolve = GraphQLFieldResolver<unknown, GraphqlContext>;

/** A root field and its method. */
export interface RootField {
  readonly kind: 'Query' | 'Mutation' | 'Subscription';
  readonly name: string;
  readonly access: Access | undefined;
  readonly resolver: object;
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
    return [{ kind, name, access, resolver, method: method as Method }];
  });
}

/** Every root field of the resolvers. */
export function rootFields(resolvers: readonly object[]): RootField[] {
  return resolvers.flatMap(fieldsOfResolver);
}

/** Starts a subscription. Deny by default: the declared access is checked before the method runs. */
export function subscribe(
  { access, resolver, method }: RootField,
  args: Readonly<Record<string, unknown>>,
  context: GraphqlContext,
  info: GraphQLResolveInfo,
): void {
  admit(access, context.request);
  method.call(resolver, new Call(args, context, info));
}

/** Wraps a method with Nest's guards, pipes and interceptors, like a handler of a controller. */
function resolveOf({ resolver, method, name }: RootField, contexts: ExternalContextCreator): Resolve {
  const enhancers = { guards: true, interceptors: true, filters: false };
  return contexts.create(
    resolver,
    method,
    name,
    undefined,
    undefined,
    undefined,
    undefined,
    enhancers,
    'graphql',
  ) as Resolve;
}

/** Binds the methods to the schema that was built from their decorators. */
export function bindResolvers(
  schema: GraphQLSchema,
  fields: readonly RootField[],
  contexts: ExternalContextCreator,
): void {
  const roots = {
    Query: schema.getQueryType(),
    Mutation: schema.getMutationType(),
    Subscription: schema.getSubscriptionType(),
  };
  for (const field of fields) {
    const bound = roots[field.kind]?.getFields()[field.name];
    if (!bound) throw new Error(`The schema has no ${field.kind} ${field.name}.`);
    // The socket starts subscriptions, and their events already have the form of the field.
    if (field.kind !== 'Subscription') bound.resolve = resolveOf(field, contexts);
  }
}
