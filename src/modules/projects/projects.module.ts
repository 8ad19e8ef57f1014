import { Module } from '@nestjs/common';
import { TasksModule } from '../tasks/tasks.module.js';
import { ProjectTasksController } from './project-tasks.controller.js';
import { ProjectsExport } from './projects-export.service.js';
import { ProjectsImportController } from './projects-import.controller.js';
import { ProjectsImport } from './projects-import.service.js';
import { ProjectsController } from './projects.controller.js';
import { ProjectsService } from './projects.service.js';

@Module({
  imports: [TasksModule],
  controllers: [ProjectsController, ProjectTasksController, ProjectsImportController],
  providers: [ProjectsService, ProjectsImport, ProjectsExport],
  exports: [ProjectsService, ProjectsImport, ProjectsExport],
})
export class ProjectsModule {}
