import { Feature } from '../../platform/feature/feature.js';
import { PerformanceJobs } from './performance.jobs.js';
import { PerformanceService } from './performance.service.js';

/** The service measures itself; what it finds is in performance_metrics. */
@Feature({ providers: [PerformanceService, PerformanceJobs] })
export class PerformanceModule {}
