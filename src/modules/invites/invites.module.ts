import { Feature } from '../../platform/feature/feature.js';
import { IdentityModule } from '../identity/identity.module.js';
import { TasksModule } from '../tasks/tasks.module.js';
import { TeamsModule } from '../teams/teams.module.js';
import { InviteAcceptanceController } from './invite-acceptance.controller.js';
import { InviteAcceptanceService } from './invite-acceptance.service.js';
import { inviteConstraints } from './invite.constraints.js';
import { inviteEvents } from './invite.events.js';
import { InvitesOperations } from './invites.operations.js';
import { InvitesService } from './invites.service.js';

@Feature({
  operations: [InvitesOperations],
  imports: [IdentityModule, TasksModule, TeamsModule],
  controllers: [InviteAcceptanceController],
  providers: [InvitesService, InviteAcceptanceService],
  exports: [InviteAcceptanceService],
  constraints: inviteConstraints,
  events: inviteEvents,
})
export class InvitesModule {}
