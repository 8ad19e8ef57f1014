import { Module } from '@nestjs/common';
import { ErrorIntake } from './error-intake.service.js';
import { ErrorsController } from './errors.controller.js';
import { ErrorsService } from './errors.service.js';

@Module({
  controllers: [ErrorsController],
  providers: [ErrorsService, ErrorIntake],
  exports: [ErrorsService],
})
export class ErrorsModule {}
