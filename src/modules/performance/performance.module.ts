import { Feature } from '../../platform/feature/feature.js';
import { PerformanceJobs } from './performance.jobs.js';
import { PerformanceService } from './performance.service.js';

/** Measures the service and stores the results in performance_metrics. */
@Feature({ providers: [PerformanceService, PerformanceJobs] })
export class PerformanceModule {}
