import { Feature } from '../../platform/feature/feature.js';
import { taskEvents } from './task.events.js';
import { taskRelations } from './task.relations.js';
import { taskConstraints } from './task.constraints.js';
import { NextTasks } from './next-tasks.service.js';
import { TaskBulk } from './task-bulk.service.js';
import { TaskClaims } from './task-claims.service.js';
import { TaskDependenciesOperations } from './task-dependencies.operations.js';
import { TaskDependencies } from './task-dependencies.service.js';
import { TaskDueJob } from './task-due.jobs.js';
import { TaskDue } from './task-due.service.js';
import { TaskLabels } from './task-labels.service.js';
import { TaskLeasesJob } from './task-leases.jobs.js';
import { TaskLists } from './task-lists.service.js';
import { taskPartOperations } from './task-parts.operations.js';
import { TaskPlaces } from './task-places.service.js';
import { TaskParts } from './task-parts.service.js';
import { TaskWorkOperations } from './task-work.operations.js';
import { TasksOperations } from './tasks.operations.js';
import { TasksService } from './tasks.service.js';

const services = [
  TasksService,
  TaskLabels,
  TaskLists,
  TaskPlaces,
  TaskBulk,
  NextTasks,
  TaskDependencies,
  TaskParts,
  TaskClaims,
];

@Feature({
  operations: [TaskWorkOperations, TasksOperations, TaskDependenciesOperations, ...taskPartOperations],
  providers: [...services, TaskLeasesJob, TaskDue, TaskDueJob],
  exports: services,
  constraints: taskConstraints,
  relations: taskRelations,
  events: taskEvents,
})
export class TasksModule {}
