import { Feature } from '../../platform/feature/feature.js';
import { teamEvents } from './team.events.js';
import { teamRelations } from './team.relations.js';
import { teamEntities } from './team-member.entity.js';
import { teamConstraints } from './team.constraints.js';
import { TeamMembersOperations } from './team-members.operations.js';
import { TeamsOperations } from './teams.operations.js';
import { TasksModule } from '../tasks/tasks.module.js';
import { TeamMembersService } from './team-members.service.js';
import { TeamsService } from './teams.service.js';

@Feature({
  operations: [TeamsOperations, TeamMembersOperations],
  imports: [TasksModule],
  providers: [TeamsService, TeamMembersService],
  exports: [TeamsService, TeamMembersService],
  entities: teamEntities,
  constraints: teamConstraints,
  relations: teamRelations,
  events: teamEvents,
})
export class TeamsModule {}
