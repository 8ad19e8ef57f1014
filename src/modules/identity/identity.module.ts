import { Feature } from '../../platform/feature/feature.js';
import { userEvents } from './user.events.js';
import { userRelations } from './user.relations.js';
import { TasksModule } from '../tasks/tasks.module.js';
import { identityEntities } from './identity.entity.js';
import { identityConstraints } from './identity.constraints.js';
import { ApiKeysOperations } from './api-keys.operations.js';
import { UserIdentitiesOperations } from './user-identities.operations.js';
import { UserIdentitiesService } from './user-identities.service.js';
import { IngestKeysOperations } from './ingest-keys.operations.js';
import { IngestKeysService } from './ingest-keys.service.js';
import { RolesOperations } from './roles.operations.js';
import { RolesService } from './roles.service.js';
import { ServiceAccountsOperations } from './service-accounts.operations.js';
import { ServiceAccountsService } from './service-accounts.service.js';
import { SecondFactorOperations } from './second-factor.operations.js';
import { SecondFactorService } from './second-factor.service.js';
import { SecondFactors } from './second-factors.js';
import { UsersOperations } from './users.operations.js';
import { AccountsService } from './accounts.service.js';
import { ApiKeysService } from './api-keys.service.js';
import { AuthController } from './auth.controller.js';
import { IdentityJobs } from './identity.jobs.js';
import { AuthGrpcServer } from './auth-grpc.server.js';
import { AuthGrpcService } from './auth-grpc.service.js';
import { LoginChecks } from './login-checks.service.js';
import { LoginQueue } from './login-queue.js';
import { LoginService } from './login.service.js';
import { PasswordService } from './password.service.js';
import { PasswordStrength } from './password-strength.js';
import { ProfileService } from './profile.service.js';
import { UsersService } from './users.service.js';

@Feature({
  operations: [
    ApiKeysOperations,
    IngestKeysOperations,
    RolesOperations,
    SecondFactorOperations,
    ServiceAccountsOperations,
    UserIdentitiesOperations,
    UsersOperations,
  ],
  imports: [TasksModule],
  controllers: [AuthController],
  providers: [
    AccountsService,
    AuthGrpcServer,
    AuthGrpcService,
    IdentityJobs,
    LoginChecks,
    LoginQueue,
    LoginService,
    PasswordService,
    PasswordStrength,
    SecondFactors,
    SecondFactorService,
    ProfileService,
    IngestKeysService,
    RolesService,
    ServiceAccountsService,
    ApiKeysService,
    UserIdentitiesService,
    UsersService,
  ],
  exports: [AccountsService, LoginChecks, LoginService, PasswordService, ProfileService, ApiKeysService, UsersService],
  entities: identityEntities,
  constraints: identityConstraints,
  relations: userRelations,
  events: userEvents,
})
export class IdentityModule {}
