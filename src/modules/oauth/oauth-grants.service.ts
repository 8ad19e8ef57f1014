import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { Session } from '../../platform/auth/session.js';
import { requireUnrestrictedCredential } from '../../platform/credentials/unrestricted.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { Fault } from '../../platform/faults/fault.js';
import type { ListRequest, ListRules } from '../../platform/schema/list-request.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { runList } from '../../platform/schema/list-run.js';
import { OauthGrant } from './oauth-grant.dto.js';
import type { GrantValues } from './oauth-grant.queries.js';
import { dropExpired } from './oauth-record.queries.js';
import { grantsOf, insertGrant, revokeGrant } from './oauth-grant.queries.js';

export const grantListRules: ListRules = { shape: OauthGrant, defaultSort: '-createdAt', searchable: false };

/** The use cases of what users have allowed to clients. */
@Injectable()
export class OauthGrantsService {
  constructor(private readonly database: Database) {}

  list(session: Session, request: ListRequest): Promise<ListPage> {
    return runList(this.database, session, request, grantsOf(session.userId));
  }

  /** What the user has agreed to on the page. Its id is random, because it stands for the grant before there is a token. */
  async allow(session: Session, grant: Omit<GrantValues, 'id'>): Promise<string> {
    requireUnrestrictedCredential(session, 'allow clients');
    const id = randomUUID();
    await this.database.command(session, insertGrant({ id, ...grant }));
    return id;
  }

  /** A grant of the caller; for administrators, any. @throws Fault FORBIDDEN (a narrowed credential), NOT_FOUND */
  async revoke(session: Session, id: string): Promise<void> {
    requireUnrestrictedCredential(session);
    const [revoked] = await this.database.command(session, revokeGrant(id));
    if (!revoked) throw new Fault('NOT_FOUND', 'There is no such grant.');
  }

  /** Deletes codes, tokens and grants whose time is over. */
  async dropExpired(tx: Tx): Promise<void> {
    for (const statement of dropExpired()) await tx.run(statement);
  }
}
