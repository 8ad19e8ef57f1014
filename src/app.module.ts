import type { DynamicModule } from '@nestjs/common';
import { Logger, Module } from '@nestjs/common';
import { features } from './features.js';
import { BrokersModule } from './platform/brokers/brokers.module.js';
import type { Config } from './platform/config/config.js';
import { ConfigModule } from './platform/config/config.module.js';
import { CredentialsModule } from './platform/credentials/credentials.module.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { idempotencyHooks } from './platform/database/idempotency.js';
import type { ConstraintTable } from './platform/database/sql-state.js';
import { EventsModule } from './platform/events/events.module.js';
import { configured, manifestOf } from './platform/feature/feature.js';
import { GraphqlEndpointModule } from './platform/graphql/graphql.module.js';
import { HttpModule } from './platform/http/http.module.js';
import { JobsModule } from './platform/jobs/jobs.module.js';
import { RealtimeModule } from './platform/realtime/realtime.module.js';
import { MailModule } from './platform/mail/mail.module.js';
import { LimitsModule } from './platform/limits/limits.module.js';
import { TelemetryModule } from './platform/telemetry/telemetry.module.js';

const manifests = features.map(manifestOf);

/** The classes that TypeORM maps. */
export const entities = manifests.flatMap((manifest) => manifest.entities ?? []);

const constraints = Object.assign({}, ...manifests.map((manifest) => manifest.constraints ?? {})) as ConstraintTable;

const platformModules = [
  TelemetryModule,
  JobsModule,
  EventsModule.with(manifests.flatMap((manifest) => manifest.events ?? [])),
  BrokersModule,
  LimitsModule,
  MailModule,
  CredentialsModule,
  HttpModule,
  RealtimeModule,
  GraphqlEndpointModule,
];

const logger = new Logger('Database');

/** Combines the platform and every module. */
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
            logger.warn({ pool, error }, 'lost a connection to PostgreSQL; the pool opens another');
          },
        }),
        ...platformModules,
        ...features.map((feature) => configured(feature, config)),
      ],
    };
  }
}
