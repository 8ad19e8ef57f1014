import { Feature } from '../../platform/feature/feature.js';
import { HealthController } from './health.controller.js';
import { HealthOperations } from './health.operations.js';
import { HealthService } from './health.service.js';
import { MetricsController } from './metrics.controller.js';

@Feature({
  operations: [HealthOperations],
  controllers: [HealthController],
  controllersFor: ({ metrics }) => (metrics.enabled ? [MetricsController] : []),
  providers: [HealthService],
})
export class HealthModule {}
