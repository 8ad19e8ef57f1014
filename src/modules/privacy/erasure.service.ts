import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { requireUnrestrictedCredential } from '../../platform/credentials/unrestricted.js';
import { Database } from '../../platform/database/database.js';
import { Fault, ruleViolated } from '../../platform/faults/fault.js';
import { validated } from '../../platform/schema/validate.js';
import { LoginChecks } from '../identity/login-checks.service.js';
import { ErasureConfirmation } from './erasure.dto.js';
import { erasePerson, ownAccount } from './erasure.queries.js';

/** Deletes people, and what the service keeps of them (Art. 17 GDPR; decision 40). */
@Injectable()
export class ErasureService {
  constructor(
    private readonly database: Database,
    private readonly checks: LoginChecks,
  ) {}

  /**
   * Erases the caller.
   * @throws Fault VALIDATION_FAILED, FORBIDDEN (a credential with scopes), RULE_VIOLATED (no or a wrong password, the last owner
   * of a team with other members, the last administrator), ACCOUNT_LOCKED, RATE_LIMITED
   */
  async eraseSelf(session: Session, body: unknown): Promise<void> {
    const { password } = validated(ErasureConfirmation, body ?? {});
    requireUnrestrictedCredential(session, 'erase its owner');
    const [account] = await this.database.command(session, ownAccount());
    if (!account) throw new Fault('NOT_FOUND');
    if (account.needsPassword && password === undefined) {
      const message = 'Give your password, or log in again and repeat the request within five minutes.';
      throw ruleViolated([{ path: 'password', message, code: 'PASSWORD_REQUIRED' }]);
    }
    if (account.needsPassword && !(await this.checks.isPasswordOf(account.email, password ?? ''))) {
      throw ruleViolated([{ path: 'password', message: 'This is not your password.', code: 'WRONG_PASSWORD' }]);
    }
    await this.erase(session, session.userId);
  }

  /** @throws Fault FORBIDDEN, NOT_FOUND, RULE_VIOLATED (the last owner of a team with other members, the last administrator) */
  async erase(session: Session, userId: string): Promise<void> {
    requireUnrestrictedCredential(session, 'erase anybody');
    // It reads the whole trail, which takes seconds in a large installation.
    const [erasure] = await this.database.bulkWrite(session, userId, (tx) => tx.run(erasePerson(userId)));
    switch (erasure?.outcome) {
      case 'erased':
        return;
      case 'last owner':
        throw ruleViolated(
          erasure.teams.map(({ id, name }) => ({
            path: '',
            message: `Make somebody else an owner of the team ${name} (${id}) first, or remove its other members.`,
            code: 'LAST_OWNER',
          })),
        );
      case 'last administrator':
        throw ruleViolated([
          { path: '', message: 'Make somebody else an administrator first.', code: 'LAST_ADMINISTRATOR' },
        ]);
      default:
        throw new Fault('NOT_FOUND', 'There is no such user.');
    }
  }
}
