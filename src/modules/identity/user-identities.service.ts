import { Inject, Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.module.js';
import { Database } from '../../platform/database/database.js';
import { Fault } from '../../platform/faults/fault.js';
import type { Result } from '../../platform/operations/operation.js';
import type { ListRequest } from '../../platform/schema/list-request.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { runList } from '../../platform/schema/list-run.js';
import { requireUnrestrictedCredential } from '../../platform/credentials/unrestricted.js';
import { deleteIdentity, identitiesOf, insertIdentity } from './user-identity.queries.js';
import { newIdentity } from './user-identity.rules.js';
import { UsersService } from './users.service.js';

/** By which subjects other issuers know users. */
@Injectable()
export class UserIdentitiesService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** One's own; for admins, those of anybody. @throws Fault NOT_FOUND (the user), FORBIDDEN */
  async list(session: Session, userId: string, request: ListRequest): Promise<ListPage> {
    const isOwn = userId === session.userId;
    // A caller who may not see the user learns nothing, not even that there is one.
    if (!isOwn) await this.users.get(session, userId);
    if (!isOwn && !session.isAdmin) throw new Fault('FORBIDDEN', 'Only the user and admins see these identities.');
    return runList(this.database, session, request, identitiesOf(userId));
  }

  /**
   * @throws Fault VALIDATION_FAILED, RULE_VIOLATED (a client id instead of a subject), FORBIDDEN, NOT_FOUND (the user),
   * ALREADY_EXISTS (the identity is linked, or the issuer knows the user already)
   */
  async link(session: Session, userId: string, body: unknown): Promise<Result> {
    const { issuer, subject } = newIdentity(body, this.config.cloudflare?.issuer);
    requireUnrestrictedCredential(session);
    const [row] = await this.database.command(session, insertIdentity(userId, issuer, subject));
    if (!row) throw new Fault('NOT_FOUND', 'There is no such user.');
    return row;
  }

  /** Ends the sessions that the identity started, too. @throws Fault FORBIDDEN, NOT_FOUND */
  async remove(session: Session, userId: string, identityId: string): Promise<void> {
    requireUnrestrictedCredential(session);
    const [removed] = await this.database.command(session, deleteIdentity(userId, identityId));
    if (!removed) throw new Fault('NOT_FOUND', 'The user has no such identity.');
  }
}
