import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { TasksModule } from './modules/tasks/tasks.module.js';
import type { Config } from './platform/config/config.js';
import { ConfigModule } from './platform/config/config.module.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { idempotencyHooks } from './platform/database/idempotency.js';
import { HttpModule } from './platform/http/http.module.js';
import { TelemetryModule } from './platform/telemetry/telemetry.module.js';

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
        }),
        TelemetryModule,
        HttpModule,
        TasksModule,
      ],
    };
  }
}
