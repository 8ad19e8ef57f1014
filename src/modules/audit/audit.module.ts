import { Feature } from '../../platform/feature/feature.js';
import { AuditOperations, TaskHistoryOperations } from './audit.operations.js';
import { AuditPartitions } from './audit-partitions.service.js';
import { AuditJobs } from './audit.jobs.js';
import { AuditService } from './audit.service.js';

@Feature({
  operations: [AuditOperations, TaskHistoryOperations],
  providers: [AuditService, AuditPartitions, AuditJobs],
  exports: [AuditService],
})
export class AuditModule {}
