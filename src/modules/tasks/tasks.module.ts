import { Module } from '@nestjs/common';
import { NextTasksController } from './next-tasks.controller.js';
import { NextTasks } from './next-tasks.service.js';
import { TaskBulk } from './task-bulk.service.js';
import { TaskLists } from './task-lists.service.js';
import { TasksController } from './tasks.controller.js';
import { TasksService } from './tasks.service.js';

@Module({
  // Before tasks/:id, so that `next` is not taken for an id.
  controllers: [NextTasksController, TasksController],
  providers: [TasksService, TaskLists, TaskBulk, NextTasks],
  exports: [TasksService, TaskLists],
})
export class TasksModule {}
