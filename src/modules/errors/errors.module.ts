import { Feature } from '../../platform/feature/feature.js';
import { TasksModule } from '../tasks/tasks.module.js';
import { errorEvents } from './error.events.js';
import { errorRelations } from './error.relations.js';
import { errorConstraints } from './error.constraints.js';
import { ErrorStatusOperations } from './error-status.operations.js';
import { ErrorsOperations } from './errors.operations.js';
import { ErrorIntake } from './error-intake.service.js';
import { ErrorStatusService } from './error-status.service.js';
import { ErrorUpkeep } from './error-upkeep.service.js';
import { ErrorJobs } from './errors.jobs.js';
import { ErrorsService } from './errors.service.js';

@Feature({
  imports: [TasksModule],
  operations: [ErrorsOperations, ErrorStatusOperations],
  providers: [ErrorsService, ErrorIntake, ErrorStatusService, ErrorUpkeep, ErrorJobs],
  exports: [ErrorsService, ErrorStatusService],
  constraints: errorConstraints,
  relations: errorRelations,
  events: errorEvents,
})
export class ErrorsModule {}
