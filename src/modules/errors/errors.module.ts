import { Module } from '@nestjs/common';
import { restController } from '../../platform/http/operation-controller.js';
import { ErrorStatusOperations } from './error-status.operations.js';
import { ErrorsOperations } from './errors.operations.js';
import { ErrorIntake } from './error-intake.service.js';
import { ErrorStatusService } from './error-status.service.js';
import { ErrorUpkeep } from './error-upkeep.service.js';
import { ErrorJobs } from './errors.jobs.js';
import { ErrorsService } from './errors.service.js';

const operations = [ErrorsOperations, ErrorStatusOperations];

@Module({
  controllers: operations.map(restController),
  providers: [...operations, ErrorsService, ErrorIntake, ErrorStatusService, ErrorUpkeep, ErrorJobs],
  exports: [ErrorsService, ErrorStatusService],
})
export class ErrorsModule {}
