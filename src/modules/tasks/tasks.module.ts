import { Module } from '@nestjs/common';
import { TaskBulk } from './task-bulk.service.js';
import { TaskLists } from './task-lists.service.js';
import { TasksController } from './tasks.controller.js';
import { TasksService } from './tasks.service.js';

@Module({
  controllers: [TasksController],
  providers: [TasksService, TaskLists, TaskBulk],
  exports: [TasksService, TaskLists],
})
export class TasksModule {}
