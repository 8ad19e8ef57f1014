import { Feature } from '../../platform/feature/feature.js';
import { IdentityModule } from '../identity/identity.module.js';
import { OauthGrantsOperations } from './oauth-grants.operations.js';
import { OauthGrantsService } from './oauth-grants.service.js';
import { OauthJobs } from './oauth.jobs.js';
import { OauthServer } from './oauth-server.service.js';

@Feature({
  imports: [IdentityModule],
  operations: [OauthGrantsOperations],
  providers: [OauthGrantsService, OauthJobs, OauthServer],
  exports: [OauthServer],
})
export class OauthModule {}
