import { Feature } from '../../platform/feature/feature.js';
import { IdentityModule } from '../identity/identity.module.js';
import { InvitesModule } from '../invites/invites.module.js';
import { AccountPages } from './account-pages.service.js';

@Feature({ imports: [IdentityModule, InvitesModule], providers: [AccountPages], exports: [AccountPages] })
export class AccountPagesModule {}
