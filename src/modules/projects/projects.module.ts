import { Feature } from '../../platform/feature/feature.js';
import { projectEvents } from './project.events.js';
import { projectRelations } from './project.relations.js';
import { projectEntities } from './project.entity.js';
import { projectConstraints } from './project.constraints.js';
import { ProjectTasksOperations } from './project-tasks.operations.js';
import { ProjectsOperations } from './projects.operations.js';
import { TasksModule } from '../tasks/tasks.module.js';
import { ProjectsExport } from './projects-export.service.js';
import { ProjectsImportController } from './projects-import.controller.js';
import { ProjectsImport } from './projects-import.service.js';
import { ProjectsService } from './projects.service.js';

@Feature({
  operations: [ProjectsOperations, ProjectTasksOperations],
  imports: [TasksModule],
  controllers: [ProjectsImportController],
  providers: [ProjectsService, ProjectsImport, ProjectsExport],
  exports: [ProjectsService, ProjectsImport, ProjectsExport],
  entities: projectEntities,
  constraints: projectConstraints,
  relations: projectRelations,
  events: projectEvents,
})
export class ProjectsModule {}
