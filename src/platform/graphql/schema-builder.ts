import { Injectable } from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core';
import { GraphQLSchemaFactory } from '@nestjs/graphql';
import type { GraphQLSchema } from 'graphql';
import { lexicographicSortSchema } from 'graphql';
import type { RootField } from './resolvers.js';
import { bindResolvers, rootFields } from './resolvers.js';

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
    const schema = lexicographicSortSchema(built);
    const fields = rootFields(resolvers);
    bindResolvers(schema, fields, this.contexts);
    return { schema, fields };
  }
}
