import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { Session } from '../../platform/auth/session.js';
import { requireUnrestrictedCredential } from '../../platform/credentials/unrestricted.js';
import { Database } from '../../platform/database/database.js';
import { Fault, ruleViolated } from '../../platform/faults/fault.js';
import { MailQueue, queueJob } from '../../platform/mail/mail-queue.js';
import { validated } from '../../platform/schema/validate.js';
import { passwordChangedMail } from './account-mails.js';
import { PasswordChange } from './identity.dto.js';
import { LoginQueue } from './login-queue.js';
import { LoginChecks } from './login-checks.service.js';
import { PasswordStrength } from './password-strength.js';
import { hashPassword } from './passwords.js';
import { getNames, setOwnPassword } from './profile.queries.js';

/** New passwords: how good they must be, and how users change their own. */
@Injectable()
export class PasswordService {
  constructor(
    private readonly database: Database,
    private readonly queue: LoginQueue,
    private readonly checks: LoginChecks,
    private readonly strength: PasswordStrength,
    private readonly mails: MailQueue,
  ) {}

  /**
   * The hash of a new password. `path` names its field, `known` are words that somebody who knows the person would try first.
   * @throws Fault RULE_VIOLATED when it is easy to guess, RATE_LIMITED
   */
  async hash(password: string, path: string, known: readonly string[]): Promise<string> {
    const weaknesses = await this.strength.weaknesses(password, known);
    if (weaknesses.length > 0) throw ruleViolated([{ path, message: weaknesses.join(' '), code: 'WEAK_PASSWORD' }]);
    return this.queue.run(`hash ${randomUUID()}`, () => hashPassword(password));
  }

  /**
   * Changes the password of the caller, and ends the other login sessions.
   * @throws Fault VALIDATION_FAILED, FORBIDDEN (a narrowed credential), RULE_VIOLATED (the current password is wrong, or the
   * new one easy to guess), ACCOUNT_LOCKED, RATE_LIMITED
   */
  async change(session: Session, body: unknown): Promise<void> {
    const { currentPassword, newPassword } = validated(PasswordChange, body);
    requireUnrestrictedCredential(session, 'change the password of its owner');
    const [names] = await this.database.command(session, getNames());
    if (!names) throw new Fault('NOT_FOUND');
    if (!(await this.checks.isPasswordOf(names.email, currentPassword))) {
      const message = 'This is not your password.';
      throw ruleViolated([{ path: 'currentPassword', message, code: 'WRONG_PASSWORD' }]);
    }
    const hash = await this.hash(newPassword, 'newPassword', [names.email, names.name, names.username]);
    const text = passwordChangedMail(names, `${this.mails.publicUrl}/reset`);
    const mail = this.mails.seal('send-mail', { to: names.email, text });
    await this.database.write(session, async (tx) => {
      await tx.run(setOwnPassword(hash));
      await tx.run(queueJob('send-mail', mail));
    });
  }
}
