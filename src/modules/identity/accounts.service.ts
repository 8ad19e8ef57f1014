import { Inject, Injectable } from '@nestjs/common';
import type { RequestInfo, Session } from '../../platform/auth/session.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.module.js';
import { newMailToken, sha256 } from '../../platform/credentials/secrets.js';
import { requireUnrestrictedCredential } from '../../platform/credentials/unrestricted.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { Fault, ruleViolated } from '../../platform/faults/fault.js';
import type { MailText } from '../../platform/mail/mail.js';
import { MailQueue, queueJob } from '../../platform/mail/mail-queue.js';
import { validated } from '../../platform/schema/validate.js';
import { passwordChangedMail, passwordResetMail, verificationMail } from './account-mails.js';
import {
  findResetToken,
  requestVerification,
  resetPassword,
  signUp,
  startPasswordReset,
  verifyEmail,
} from './account.queries.js';
import { dropExpired } from './expired.queries.js';
import { EmailVerification, ForgottenPassword, PasswordReset, SignUp } from './identity.dto.js';
import type { LoggedInUser } from './login.service.js';
import { LoginService } from './login.service.js';
import { PasswordService } from './password.service.js';
import { getNames } from './profile.queries.js';

const TOKEN_NOT_VALID = 'The link is not valid any more: it was used, has expired, or a newer one was sent.';

/** The accounts that people make, verify and recover themselves. */
@Injectable()
export class AccountsService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly logins: LoginService,
    private readonly passwords: PasswordService,
    private readonly queue: MailQueue,
  ) {
    queue.define('reset-password', ({ email }: { readonly email: string }) => this.queueReset(email));
  }

  /**
   * Makes an account and signs it in.
   * @throws Fault FORBIDDEN (registration is not open), VALIDATION_FAILED, RULE_VIOLATED (the password is easy to guess),
   * ALREADY_EXISTS, RATE_LIMITED
   */
  async signUp(body: unknown, request: RequestInfo): Promise<LoggedInUser> {
    if (this.config.registration !== 'open') throw new Fault('FORBIDDEN', closed(this.config.registration));
    const { email, password, name, language = 'en' } = validated(SignUp, body);
    const passwordHash = await this.passwords.hash(password, 'password', [email, name]);
    const { token, hash } = newMailToken();
    const mail = this.sealed(email, verificationMail({ name, language }, this.link('verify', token), true));
    const [row] = await this.database.anonymousCommand(signUp({ email, name, passwordHash, language }, hash, mail));
    if (!row?.id) {
      const message = 'A user has this e-mail address already.';
      throw new Fault('ALREADY_EXISTS', message, { errors: [{ path: 'email', message, code: 'ALREADY_EXISTS' }] });
    }
    return this.logins.start(row.id, request);
  }

  /** @throws Fault VALIDATION_FAILED, RULE_VIOLATED (the token is not valid) */
  async verifyEmail(body: unknown): Promise<void> {
    const { token } = validated(EmailVerification, body);
    const [row] = await this.database.anonymousCommand(verifyEmail(sha256(token)));
    if (!row?.isVerified) throw tokenNotValid();
  }

  /** Mails the user of the session another link. @throws Fault FORBIDDEN (a narrowed credential), RULE_VIOLATED */
  async requestVerification(session: Session): Promise<void> {
    requireUnrestrictedCredential(session, 'verify the address of its owner');
    const [names] = await this.database.command(session, getNames());
    if (!names) throw new Fault('NOT_FOUND');
    const { token, hash } = newMailToken();
    const mail = this.sealed(names.email, verificationMail(names, this.link('verify', token), false));
    const isSent = await this.database.write(session, async (tx) => {
      const [row] = await tx.run(requestVerification(hash, mail));
      return row?.isSent ?? false;
    });
    if (isSent) return;
    throw new Fault(
      'RULE_VIOLATED',
      names.isVerified ? 'The address is verified already.' : 'A mail was sent less than a minute ago.',
    );
  }

  /**
   * Queues the mail with the link that resets a password. Whether there is such an account is only looked up by the job, so that
   * neither the answer nor its time tells.
   * @throws Fault VALIDATION_FAILED
   */
  async forgotPassword(body: unknown): Promise<void> {
    const { email } = validated(ForgottenPassword, body);
    const sealed = this.queue.seal('reset-password', { email });
    await this.database.anonymousCommand(queueJob('reset-password', sealed));
  }

  /** @throws Fault VALIDATION_FAILED, RULE_VIOLATED (the token is not valid, or the password easy to guess), RATE_LIMITED */
  async resetPassword(body: unknown): Promise<void> {
    const { token, newPassword } = validated(PasswordReset, body);
    const [owner] = await this.database.anonymousCommand(findResetToken(sha256(token)));
    if (!owner) throw tokenNotValid();
    const hash = await this.passwords.hash(newPassword, 'newPassword', [owner.email, owner.name]);
    const mail = this.sealed(owner.email, passwordChangedMail(owner, `${this.queue.publicUrl}/reset`));
    const [row] = await this.database.anonymousCommand(resetPassword(sha256(token), hash, mail));
    if (!row?.isReset) throw tokenNotValid();
  }

  /** Deletes sessions, tokens and idempotency keys whose time is over. */
  async dropExpired(tx: Tx): Promise<void> {
    for (const statement of dropExpired()) await tx.run(statement);
  }

  private async queueReset(email: string): Promise<void> {
    const { token, hash } = newMailToken();
    await this.database.system('reset passwords', async (tx) => {
      const [account] = await tx.run(startPasswordReset(email, hash));
      if (!account) return;
      const mail = passwordResetMail(account, this.link('reset', token));
      await tx.run(queueJob('send-mail', this.sealed(account.email, mail)));
    });
  }

  private sealed(to: string, text: MailText): string {
    return this.queue.seal('send-mail', { to, text });
  }

  private link(page: 'verify' | 'reset', token: string): string {
    return `${this.queue.publicUrl}/${page}?code=${token}`;
  }
}

function tokenNotValid(): Fault {
  return ruleViolated([{ path: 'token', message: TOKEN_NOT_VALID, code: 'TOKEN_NOT_VALID' }]);
}

function closed(registration: 'invite' | 'closed'): string {
  return registration === 'invite'
    ? 'Accounts are made by invitation here: ask somebody who works with you for one.'
    : 'Administrators make the accounts here.';
}
