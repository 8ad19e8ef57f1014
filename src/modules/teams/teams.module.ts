import { Module } from '@nestjs/common';
import { restController } from '../../platform/http/operation-controller.js';
import { TeamMembersOperations } from './team-members.operations.js';
import { TeamsOperations } from './teams.operations.js';
import { TasksModule } from '../tasks/tasks.module.js';
import { TeamMembersService } from './team-members.service.js';
import { TeamsService } from './teams.service.js';

const operations = [TeamsOperations, TeamMembersOperations];

@Module({
  imports: [TasksModule],
  controllers: operations.map(restController),
  providers: [...operations, TeamsService, TeamMembersService],
  exports: [TeamsService, TeamMembersService],
})
export class TeamsModule {}
