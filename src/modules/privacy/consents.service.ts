import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { requireUnrestrictedCredential } from '../../platform/credentials/unrestricted.js';
import { Database } from '../../platform/database/database.js';
import { Fault } from '../../platform/faults/fault.js';
import type { Result } from '../../platform/operations/operation.js';
import type { ListRequest, ListRules } from '../../platform/schema/list-request.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { runList } from '../../platform/schema/list-run.js';
import { validated } from '../../platform/schema/validate.js';
import { Consent, NewConsent } from './consent.dto.js';
import { consentsOf, giveConsent, withdrawConsent } from './consent.queries.js';

export const consentListRules: ListRules = { shape: Consent, defaultSort: '-createdAt', searchable: false };

/** What people agreed to, with its history (Art. 7 GDPR). */
@Injectable()
export class ConsentsService {
  constructor(private readonly database: Database) {}

  list(session: Session, request: ListRequest): Promise<ListPage> {
    return runList(this.database, session, request, consentsOf(session.userId));
  }

  /** @throws Fault VALIDATION_FAILED, FORBIDDEN (a credential with scopes) */
  async give(session: Session, input: unknown): Promise<Result> {
    const { purpose, version } = validated(NewConsent, input);
    requireUnrestrictedCredential(session, 'give a consent of its owner');
    const [row] = await this.database.command(session, giveConsent(purpose, version));
    if (!row) throw new Fault('INTERNAL');
    return row;
  }

  /** @throws Fault FORBIDDEN (a credential with scopes), NOT_FOUND (it is not given) */
  async withdraw(session: Session, purpose: string): Promise<void> {
    requireUnrestrictedCredential(session, 'withdraw a consent of its owner');
    const [row] = await this.database.command(session, withdrawConsent(purpose));
    if (!row) throw new Fault('NOT_FOUND', 'There is no such consent.');
  }
}
