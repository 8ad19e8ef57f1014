import { Module } from '@nestjs/common';
import { TasksModule } from '../tasks/tasks.module.js';
import { ProjectTasksController } from './project-tasks.controller.js';
import { ProjectsController } from './projects.controller.js';
import { ProjectsService } from './projects.service.js';

@Module({
  imports: [TasksModule],
  controllers: [ProjectsController, ProjectTasksController],
  providers: [ProjectsService],
  exports: [ProjectsService],
})
export class ProjectsModule {}
