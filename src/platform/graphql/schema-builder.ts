import { Injectable } from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core';
import { GraphQLSchemaFactory } from '@nestjs/graphql';
import type { GraphQLSchema } from 'graphql';
import { lexicographicSortSchema } from 'graphql';
import type { RootField } from './resolvers.js';
import { bindResolvers, rootFields } from './resolvers.js';

/** Nest takes no descriptions of the root types. */
function describeRoots(schema: GraphQLSchema): void {
  const roots = [
    [schema.getQueryType(), 'What can be read. A field that fails is null, and `errors` says why.'],
    [schema.getMutationType(), 'What can be changed. The fields of a request are carried out one after the other.'],
    [schema.getSubscriptionType(), 'What is sent as it happens, over a WebSocket (graphql-transport-ws).'],
  ] as const;
  for (const [type, description] of roots) if (type) type.description = description;
}

/** Builds the schema from the decorators of the resolvers. */
@Injectable()
export class SchemaBuilder {
  constructor(
    private readonly factory: GraphQLSchemaFactory,
    private readonly contexts: ExternalContextCreator,
  ) {}

  async build(
    resolvers: readonly object[],
  ): Promise<{ readonly schema: GraphQLSchema; readonly fields: readonly RootField[] }> {
    // Nest's check by introspection would double the time, and the generated schema file proves the same.
    const built = await this.factory.create(
      resolvers.map(({ constructor }) => constructor),
      { skipCheck: true },
    );
    describeRoots(built);
    const schema = lexicographicSortSchema(built);
    const fields = rootFields(resolvers);
    bindResolvers(schema, fields, this.contexts);
    return { schema, fields };
  }
}
