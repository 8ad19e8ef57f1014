import { Feature } from '../../platform/feature/feature.js';
import { TasksModule } from '../tasks/tasks.module.js';
import { ChangesOperations } from './changes.operations.js';
import { ChangesService } from './changes.service.js';

/** Serves the event feed over REST. */
@Feature({
  imports: [TasksModule],
  operations: [ChangesOperations],
  providers: [ChangesService],
})
export class ChangesModule {}
