import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { Fault } from '../../platform/faults/fault.js';
import { validated } from '../../platform/schema/validate.js';
import { Login } from './identity.dto.js';
import type { HoldSlot } from './login-queue.js';
import { LoginQueue } from './login-queue.js';
import type { Account } from './login.queries.js';
import { findLogin, recordFailedLogin, replaceImportedPassword } from './login.queries.js';
import { hashPassword, isImported, isPassword } from './passwords.js';
import { SecondFactors } from './second-factors.js';
import { UnknownAccounts } from './unknown-accounts.js';

function locked(seconds: number): Fault {
  return new Fault('ACCOUNT_LOCKED', undefined, { headers: { 'Retry-After': String(seconds) } });
}

/** Checks passwords and second factors, and counts what is wrong. */
@Injectable()
export class LoginChecks {
  private readonly logger = new Logger(LoginChecks.name);
  private readonly unknown = new UnknownAccounts();

  constructor(
    private readonly database: Database,
    private readonly queue: LoginQueue,
    private readonly factors: SecondFactors,
  ) {}

  /**
   * The id of the user with this e-mail address, password and, where the user has one, second factor.
   * @throws Fault VALIDATION_FAILED, INVALID_CREDENTIALS, SECOND_FACTOR_REQUIRED, ACCOUNT_LOCKED, RATE_LIMITED
   */
  authenticate(body: unknown): Promise<string> {
    const { email, password, code } = validated(Login, body);
    return this.queue.run(email.toLowerCase(), async (holdSlot) => {
      const account = await this.check(email, password, holdSlot);
      const verdict = await this.factors.verify(account.userId, code);
      if (verdict === 'missing') throw new Fault('SECOND_FACTOR_REQUIRED');
      if (verdict === 'wrong') {
        holdSlot(this.countFailure(email, account));
        throw new Fault('INVALID_CREDENTIALS', 'The code is wrong, or was used before.');
      }
      return account.userId;
    });
  }

  /** Verifies a code of the user with this address; a wrong one counts like a wrong password. @throws Fault ACCOUNT_LOCKED, RATE_LIMITED */
  verifyCode(email: string, code: string): Promise<'not needed' | 'missing' | 'right' | 'wrong'> {
    return this.queue.run(email.toLowerCase(), async (holdSlot) => {
      const { account } = await this.find(email);
      if (!account) return 'not needed';
      if (account.lockedFor > 0) throw locked(account.lockedFor);
      const verdict = await this.factors.verify(account.userId, code);
      if (verdict === 'wrong') holdSlot(this.countFailure(email, account));
      return verdict;
    });
  }

  /** Counts a wrong password like a login. @throws Fault ACCOUNT_LOCKED, RATE_LIMITED */
  async isPasswordOf(email: string, password: string): Promise<boolean> {
    try {
      await this.queue.run(email.toLowerCase(), (holdSlot) => this.check(email, password, holdSlot));
      return true;
    } catch (error) {
      if (error instanceof Fault && error.code === 'INVALID_CREDENTIALS') return false;
      throw error;
    }
  }

  /**
   * The account with this e-mail address and password. Neither the answers nor their timing reveal whether the account
   * exists.
   */
  private async check(email: string, password: string, holdSlot: HoldSlot): Promise<Account> {
    const { account, hasImported } = await this.find(email);
    const lockedFor = account?.lockedFor ?? this.unknown.lockedFor(email);
    if (lockedFor > 0) throw locked(lockedFor);
    const matches = await isPassword(password, account?.passwordHash ?? null, hasImported);
    if (account?.isActive && matches) {
      holdSlot(this.replaceImported(account, password));
      return account;
    }
    // Only an existing account costs a write here. The response does not wait for it, so its timing reveals nothing.
    holdSlot(this.countFailure(email, account));
    throw new Fault('INVALID_CREDENTIALS');
  }

  private async find(email: string): Promise<{ account: Account | undefined; hasImported: boolean }> {
    const [row] = await this.database.anonymousCommand(findLogin(email));
    const userId = row?.userId ?? null;
    return { account: row && userId !== null ? { ...row, userId } : undefined, hasImported: row?.hasImported ?? false };
  }

  /** The login itself does not wait for it. */
  private async replaceImported({ userId, passwordHash }: Account, password: string): Promise<void> {
    if (passwordHash === null || !isImported(passwordHash)) return;
    try {
      const hash = await hashPassword(password);
      await this.database.anonymousCommand(replaceImportedPassword(userId, passwordHash, hash));
    } catch (error) {
      this.logger.error({ error, userId }, 'failed to replace an imported password hash; the next login tries again');
    }
  }

  private async countFailure(email: string, account: Account | undefined): Promise<void> {
    if (!account) return this.unknown.recordFailure(email);
    try {
      await this.database.anonymousCommand(recordFailedLogin(account.userId));
    } catch (error) {
      this.logger.error({ error, userId: account.userId }, 'failed to count a failed login');
    }
  }
}
