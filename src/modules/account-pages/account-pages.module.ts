import { Feature } from '../../platform/feature/feature.js';
import { IdentityModule } from '../identity/identity.module.js';
import { InvitesModule } from '../invites/invites.module.js';
import { OidcSignIn } from './oidc-sign-in.service.js';
import { AccountPages } from './account-pages.service.js';

@Feature({ imports: [IdentityModule, InvitesModule], providers: [AccountPages, OidcSignIn], exports: [AccountPages] })
export class AccountPagesModule {}
