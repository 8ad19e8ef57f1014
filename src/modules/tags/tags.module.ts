import { Feature } from '../../platform/feature/feature.js';
import { TasksModule } from '../tasks/tasks.module.js';
import { tagConstraints } from './tag.constraints.js';
import { tagEvents } from './tag.events.js';
import { TagsOperations } from './tags.operations.js';
import { TagsService } from './tags.service.js';

@Feature({
  imports: [TasksModule],
  operations: [TagsOperations],
  providers: [TagsService],
  constraints: tagConstraints,
  events: tagEvents,
})
export class TagsModule {}
