import { Module } from '@nestjs/common';
import { restController } from '../../platform/http/operation-controller.js';
import { ValidationsOperations } from './validations.operations.js';
import { ValidationGates } from './validation-gates.service.js';
import { ValidationsImportController } from './validations-import.controller.js';
import { ValidationsImport } from './validations-import.service.js';
import { ValidationsService } from './validations.service.js';

@Module({
  // The import first, so that its name is not taken for an id.
  controllers: [ValidationsImportController, restController(ValidationsOperations)],
  providers: [ValidationsOperations, ValidationsService, ValidationsImport, ValidationGates],
  exports: [ValidationsService, ValidationGates],
})
export class ValidationsModule {}
