import { Feature } from '../../platform/feature/feature.js';
import { TasksModule } from '../tasks/tasks.module.js';
import { ChangesOperations } from './changes.operations.js';
import { ChangesService } from './changes.service.js';
import { EventFilters } from './event-filters.service.js';

/** Serves the event feed over REST. */
@Feature({
  imports: [TasksModule],
  operations: [ChangesOperations],
  providers: [ChangesService, EventFilters],
  exports: [EventFilters],
})
export class ChangesModule {}
