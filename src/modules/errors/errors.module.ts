import { Module } from '@nestjs/common';
import { ErrorIntake } from './error-intake.service.js';
import { ErrorStatusController } from './error-status.controller.js';
import { ErrorStatusService } from './error-status.service.js';
import { ErrorUpkeep } from './error-upkeep.service.js';
import { ErrorJobs } from './errors.jobs.js';
import { ErrorsController } from './errors.controller.js';
import { ErrorsService } from './errors.service.js';

@Module({
  controllers: [ErrorsController, ErrorStatusController],
  providers: [ErrorsService, ErrorIntake, ErrorStatusService, ErrorUpkeep, ErrorJobs],
  exports: [ErrorsService, ErrorStatusService],
})
export class ErrorsModule {}
