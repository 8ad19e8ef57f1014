import type { INestApplication, Type } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
import { GraphQLSchemaBuilderModule } from '@nestjs/graphql';
import { printSchema } from 'graphql';
import { AnalyticsModule } from './modules/analytics/analytics.module.js';
import { AnalyticsResolver } from './modules/analytics/analytics.resolver.js';
import { AuditModule } from './modules/audit/audit.module.js';
import { AuditResolver } from './modules/audit/audit.resolver.js';
import { ErrorsModule } from './modules/errors/errors.module.js';
import { ErrorsResolver } from './modules/errors/errors.resolver.js';
import { IdentityModule } from './modules/identity/identity.module.js';
import { IdentityResolver } from './modules/identity/identity.resolver.js';
import { LiveModule } from './modules/live/live.module.js';
import { LiveResolver } from './modules/live/live.resolver.js';
import { ProjectsModule } from './modules/projects/projects.module.js';
import { ProjectsResolver } from './modules/projects/projects.resolver.js';
import { TaskClaimsResolver } from './modules/tasks/task-claims.resolver.js';
import { TaskDependenciesResolver } from './modules/tasks/task-dependencies.resolver.js';
import { TaskPartsResolver } from './modules/tasks/task-parts.resolver.js';
import { TasksModule } from './modules/tasks/tasks.module.js';
import { TasksResolver } from './modules/tasks/tasks.resolver.js';
import { TeamsModule } from './modules/teams/teams.module.js';
import { TeamsResolver } from './modules/teams/teams.resolver.js';
import { ValidationsModule } from './modules/validations/validations.module.js';
import { ValidationsResolver } from './modules/validations/validations.resolver.js';
import { WebhooksModule } from './modules/webhooks/webhooks.module.js';
import { WebhooksResolver } from './modules/webhooks/webhooks.resolver.js';
import { GraphqlErrors } from './platform/graphql/graphql-errors.js';
import { GraphqlService } from './platform/graphql/graphql-service.js';
import { Related } from './platform/graphql/related.js';

const resolvers: Type<object>[] = [
  TasksResolver,
  TaskClaimsResolver,
  TaskDependenciesResolver,
  TaskPartsResolver,
  AnalyticsResolver,
  AuditResolver,
  ErrorsResolver,
  IdentityResolver,
  LiveResolver,
  ProjectsResolver,
  TeamsResolver,
  ValidationsResolver,
  WebhooksResolver,
];

/** The resolvers of all modules. Not part of AppModule: loaded into the running application with the first request. */
@Module({
  imports: [
    GraphQLSchemaBuilderModule,
    TasksModule,
    AnalyticsModule,
    AuditModule,
    ErrorsModule,
    IdentityModule,
    LiveModule,
    ProjectsModule,
    TeamsModule,
    ValidationsModule,
    WebhooksModule,
  ],
  providers: [GraphqlService, GraphqlErrors, Related, ...resolvers],
})
class GraphqlModule {}

export async function openGraphql(app: INestApplication): Promise<GraphqlService> {
  const loaded = await app.get(LazyModuleLoader).load(() => GraphqlModule, { logger: false });
  const service = loaded.get(GraphqlService);
  await service.open(resolvers.map((resolver) => loaded.get<object>(resolver)));
  return service;
}

/** The schema as text. */
export async function schemaText(app: INestApplication): Promise<string> {
  const { schema } = await openGraphql(app);
  return `# Generated from the classes that the OpenAPI document is generated from.\n\n${printSchema(schema)}\n`;
}
