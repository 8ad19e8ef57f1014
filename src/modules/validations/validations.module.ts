import { Feature } from '../../platform/feature/feature.js';
import { TasksModule } from '../tasks/tasks.module.js';
import { validationEvents } from './validation.events.js';
import { validationRelations } from './validation.relations.js';
import { validationConstraints } from './validation.constraints.js';
import { ValidationsOperations } from './validations.operations.js';
import { ValidationGates } from './validation-gates.service.js';
import { ValidationsImportController } from './validations-import.controller.js';
import { ValidationsImport } from './validations-import.service.js';
import { ValidationsService } from './validations.service.js';

@Feature({
  imports: [TasksModule],
  operations: [ValidationsOperations],
  // The import route comes first; otherwise the path `import` would match as an id.
  controllers: [ValidationsImportController],
  providers: [ValidationsService, ValidationsImport, ValidationGates],
  exports: [ValidationsService, ValidationGates],
  constraints: validationConstraints,
  relations: validationRelations,
  events: validationEvents,
})
export class ValidationsModule {}
