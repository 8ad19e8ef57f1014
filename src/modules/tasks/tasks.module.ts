import { Module } from '@nestjs/common';
import { NextTasksController } from './next-tasks.controller.js';
import { NextTasks } from './next-tasks.service.js';
import { TaskBulk } from './task-bulk.service.js';
import { TaskLists } from './task-lists.service.js';
import { TaskClaimsController } from './task-claims.controller.js';
import { TaskClaims } from './task-claims.service.js';
import { TaskCommentsController } from './task-comments.controller.js';
import { TaskContextsController } from './task-contexts.controller.js';
import { TaskDependenciesController } from './task-dependencies.controller.js';
import { TaskDependencies } from './task-dependencies.service.js';
import { TaskDueJob } from './task-due.jobs.js';
import { TaskDue } from './task-due.service.js';
import { TaskLeasesJob } from './task-leases.jobs.js';
import { TaskParts } from './task-parts.service.js';
import { TasksController } from './tasks.controller.js';
import { TasksService } from './tasks.service.js';
import { WorkflowStatesController } from './workflow-states.controller.js';

@Module({
  // Before tasks/:id, so that `next` is not taken for an id.
  controllers: [
    NextTasksController,
    TaskClaimsController,
    TasksController,
    TaskDependenciesController,
    TaskContextsController,
    TaskCommentsController,
    WorkflowStatesController,
  ],
  providers: [
    TasksService,
    TaskLists,
    TaskBulk,
    NextTasks,
    TaskDependencies,
    TaskParts,
    TaskClaims,
    TaskLeasesJob,
    TaskDue,
    TaskDueJob,
  ],
  exports: [TasksService, TaskLists, TaskBulk, NextTasks, TaskDependencies, TaskParts, TaskClaims],
})
export class TasksModule {}
