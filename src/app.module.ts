import type { DynamicModule } from '@nestjs/common';
import { Logger, Module } from '@nestjs/common';
import { AnalyticsModule } from './modules/analytics/analytics.module.js';
import { AuditModule } from './modules/audit/audit.module.js';
import { ChangesModule } from './modules/changes/changes.module.js';
import { errorConstraints } from './modules/errors/error.constraints.js';
import { ErrorsModule } from './modules/errors/errors.module.js';
import { HealthModule } from './modules/health/health.module.js';
import { identityConstraints } from './modules/identity/identity.constraints.js';
import { identityEntities } from './modules/identity/identity.entity.js';
import { IdentityModule } from './modules/identity/identity.module.js';
import { LiveModule } from './modules/live/live.module.js';
import { PerformanceModule } from './modules/performance/performance.module.js';
import { projectConstraints } from './modules/projects/project.constraints.js';
import { projectEntities } from './modules/projects/project.entity.js';
import { ProjectsModule } from './modules/projects/projects.module.js';
import { taskConstraints } from './modules/tasks/task.constraints.js';
import { TasksModule } from './modules/tasks/tasks.module.js';
import { teamConstraints } from './modules/teams/team.constraints.js';
import { teamEntities } from './modules/teams/team-member.entity.js';
import { TeamsModule } from './modules/teams/teams.module.js';
import { validationConstraints } from './modules/validations/validation.constraints.js';
import { ValidationsModule } from './modules/validations/validations.module.js';
import { webhookConstraints } from './modules/webhooks/webhook.constraints.js';
import { webhookEntities } from './modules/webhooks/webhook.entity.js';
import { WebhooksModule } from './modules/webhooks/webhooks.module.js';
import { BrokersModule } from './platform/brokers/brokers.module.js';
import type { Config } from './platform/config/config.js';
import { ConfigModule } from './platform/config/config.module.js';
import { CredentialsModule } from './platform/credentials/credentials.module.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { idempotencyHooks } from './platform/database/idempotency.js';
import { EventsModule } from './platform/events/events.module.js';
import { GraphqlEndpointModule } from './platform/graphql/graphql.module.js';
import { HttpModule } from './platform/http/http.module.js';
import { JobsModule } from './platform/jobs/jobs.module.js';
import { RealtimeModule } from './platform/realtime/realtime.module.js';
import { LimitsModule } from './platform/limits/limits.module.js';
import { TelemetryModule } from './platform/telemetry/telemetry.module.js';

/** What TypeORM maps. */
export const entities = [...identityEntities, ...projectEntities, ...teamEntities, ...webhookEntities];

const constraints = {
  ...identityConstraints,
  ...taskConstraints,
  ...projectConstraints,
  ...teamConstraints,
  ...validationConstraints,
  ...errorConstraints,
  ...webhookConstraints,
};

const platformModules = [
  TelemetryModule,
  JobsModule,
  EventsModule,
  BrokersModule,
  LimitsModule,
  CredentialsModule,
  HttpModule,
  RealtimeModule,
  GraphqlEndpointModule,
];

const logger = new Logger('Database');

/** Everything the service is made of. */
@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    const { database, pools } = config;
    if (!database) throw new Error('The application needs a database; the start resolves the embedded one first.');
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(config),
        DatabaseModule.forRoot({
          login: database,
          pools,
          hooks: idempotencyHooks,
          entities,
          constraints,
          onConnectionLost: (pool, error) => {
            logger.warn({ pool, error }, 'a connection to PostgreSQL was lost; the pool opens another');
          },
        }),
        ...platformModules,
        HealthModule.with(config),
        IdentityModule,
        TasksModule,
        ProjectsModule,
        TeamsModule,
        ValidationsModule,
        AnalyticsModule,
        ErrorsModule,
        AuditModule,
        ChangesModule,
        PerformanceModule,
        LiveModule,
        WebhooksModule,
      ],
    };
  }
}
