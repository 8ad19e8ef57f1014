import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import { restController } from '../../platform/http/operation-controller.js';
import { HealthController } from './health.controller.js';
import { HealthOperations } from './health.operations.js';
import { HealthService } from './health.service.js';
import { MetricsController } from './metrics.controller.js';

@Module({})
export class HealthModule {
  /** Without metrics there is no route to them either, so everybody gets the same 404. */
  static with(config: Config): DynamicModule {
    return {
      module: HealthModule,
      controllers: [HealthController, restController(HealthOperations), ...(config.metrics.enabled ? [MetricsController] : [])],
      providers: [HealthService, HealthOperations],
    };
  }
}
