import { Module } from '@nestjs/common';
import { AuditPartitions } from './audit-partitions.service.js';
import { AuditController } from './audit.controller.js';
import { AuditJobs } from './audit.jobs.js';
import { AuditService } from './audit.service.js';
import { TaskHistoryController } from './task-history.controller.js';

@Module({
  controllers: [AuditController, TaskHistoryController],
  providers: [AuditService, AuditPartitions, AuditJobs],
  exports: [AuditService],
})
export class AuditModule {}
