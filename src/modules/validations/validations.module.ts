import { Module } from '@nestjs/common';
import { ValidationGatesController } from './validation-gates.controller.js';
import { ValidationGates } from './validation-gates.service.js';
import { ValidationsController } from './validations.controller.js';
import { ValidationsService } from './validations.service.js';

@Module({
  controllers: [ValidationsController, ValidationGatesController],
  providers: [ValidationsService, ValidationGates],
  exports: [ValidationsService],
})
export class ValidationsModule {}
