import { Feature } from '../../platform/feature/feature.js';
import { ChangesOperations } from './changes.operations.js';
import { ChangesService } from './changes.service.js';

/** What happened, over REST. */
@Feature({
  operations: [ChangesOperations],
  providers: [ChangesService],
})
export class ChangesModule {}
