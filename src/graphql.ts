import type { INestApplication } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
import { GraphQLSchemaBuilderModule } from '@nestjs/graphql';
import { printSchema } from 'graphql';
import { features } from './features.js';
import { LiveModule } from './modules/live/live.module.js';
import { LiveResolver } from './modules/live/live.resolver.js';
import { manifestOf } from './platform/feature/feature.js';
import { GraphqlErrors } from './platform/graphql/graphql-errors.js';
import { GraphqlService } from './platform/graphql/graphql-service.js';
import { declareOutputs, graphqlResolver } from './platform/graphql/operation-resolver.js';
import { Related } from './platform/graphql/related.js';
import { SchemaBuilder } from './platform/graphql/schema-builder.js';
import { OperationRegistry } from './platform/operations/registry.js';

/** The GraphQL part of the application. The first request loads it. */
@Module({
  imports: [GraphQLSchemaBuilderModule, LiveModule],
  providers: [GraphqlService, GraphqlErrors, Related, SchemaBuilder, LiveResolver],
})
class GraphqlModule {}

/** Every relation of the application. */
export const relations = features.flatMap((feature) => manifestOf(feature).relations ?? []);

/** Creates a resolver for each class of operations, on the application's instance of it. */
function operationResolvers(app: INestApplication): object[] {
  // Output types come first, so that a shape used both ways gets `…Input` as its input type, whichever is met first.
  declareOutputs(app.get(OperationRegistry).all(), relations);
  return app
    .get(OperationRegistry)
    .classes()
    .map((operations) => {
      const Resolver = graphqlResolver(operations);
      return new Resolver(app.get<object>(operations, { strict: false }));
    });
}

export async function openGraphql(app: INestApplication): Promise<GraphqlService> {
  const loaded = await app.get(LazyModuleLoader).load(() => GraphqlModule, { logger: false });
  const service = loaded.get(GraphqlService);
  await service.open([...operationResolvers(app), loaded.get<object>(LiveResolver)]);
  return service;
}

/** The schema as text. */
export async function schemaText(app: INestApplication): Promise<string> {
  const { schema } = await openGraphql(app);
  return `# Generated from the classes that the OpenAPI document is generated from.\n\n${printSchema(schema)}\n`;
}
