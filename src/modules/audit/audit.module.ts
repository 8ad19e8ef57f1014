import { Module } from '@nestjs/common';
import { restController } from '../../platform/http/operation-controller.js';
import { AuditOperations, TaskHistoryOperations } from './audit.operations.js';
import { AuditPartitions } from './audit-partitions.service.js';
import { AuditJobs } from './audit.jobs.js';
import { AuditService } from './audit.service.js';

const operations = [AuditOperations, TaskHistoryOperations];

@Module({
  controllers: operations.map(restController),
  providers: [...operations, AuditService, AuditPartitions, AuditJobs],
  exports: [AuditService],
})
export class AuditModule {}
