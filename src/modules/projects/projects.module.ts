import { Module } from '@nestjs/common';
import { restController } from '../../platform/http/operation-controller.js';
import { ProjectTasksOperations } from './project-tasks.operations.js';
import { ProjectsOperations } from './projects.operations.js';
import { TasksModule } from '../tasks/tasks.module.js';
import { ProjectsExport } from './projects-export.service.js';
import { ProjectsImportController } from './projects-import.controller.js';
import { ProjectsImport } from './projects-import.service.js';
import { ProjectsService } from './projects.service.js';

const operations = [ProjectsOperations, ProjectTasksOperations];

@Module({
  imports: [TasksModule],
  controllers: [...operations.map(restController), ProjectsImportController],
  providers: [...operations, ProjectsService, ProjectsImport, ProjectsExport],
  exports: [ProjectsService, ProjectsImport, ProjectsExport],
})
export class ProjectsModule {}
