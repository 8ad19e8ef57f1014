import { Module } from '@nestjs/common';
import { ValidationGatesController } from './validation-gates.controller.js';
import { ValidationGates } from './validation-gates.service.js';
import { ValidationsImportController } from './validations-import.controller.js';
import { ValidationsImport } from './validations-import.service.js';
import { ValidationsController } from './validations.controller.js';
import { ValidationsService } from './validations.service.js';

@Module({
  // The import first, so that its name is not taken for an id.
  controllers: [ValidationsImportController, ValidationsController, ValidationGatesController],
  providers: [ValidationsService, ValidationsImport, ValidationGates],
  exports: [ValidationsService, ValidationGates],
})
export class ValidationsModule {}
