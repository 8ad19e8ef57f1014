import { Injectable } from '@nestjs/common';
import type { Session } from '../../platform/auth/session.js';
import { requireUnrestrictedCredential } from '../../platform/credentials/unrestricted.js';
import { Database } from '../../platform/database/database.js';
import { Fault, ruleViolated } from '../../platform/faults/fault.js';
import { validated } from '../../platform/schema/validate.js';
import { LoginChecks } from './login-checks.service.js';
import { getNames } from './profile.queries.js';
import type { RecoveryCodes, SecondFactorSecret } from './second-factor.dto.js';
import { SecondFactorCode, SecondFactorStart } from './second-factor.dto.js';
import {
  confirmSecondFactor,
  findNewSecondFactor,
  removeSecondFactor,
  replaceRecoveryCodes,
  startSecondFactor,
} from './second-factor.queries.js';
import { SecondFactors, newRecoveryCodes } from './second-factors.js';

/** How users set up, keep and remove the second factor of their logins. */
@Injectable()
export class SecondFactorService {
  constructor(
    private readonly database: Database,
    private readonly factors: SecondFactors,
    private readonly checks: LoginChecks,
  ) {}

  /**
   * A secret for an authenticator app. Logins ask for it once it is confirmed.
   * @throws Fault VALIDATION_FAILED, FORBIDDEN (a narrowed credential), RULE_VIOLATED (the password is wrong), CONFLICT (there is
   * one), ACCOUNT_LOCKED, RATE_LIMITED
   */
  async start(session: Session, body: unknown): Promise<SecondFactorSecret> {
    const { currentPassword } = validated(SecondFactorStart, body);
    requireUnrestrictedCredential(session, 'set up the second factor of its owner');
    const [names] = await this.database.command(session, getNames());
    if (!names) throw new Fault('NOT_FOUND');
    if (!(await this.checks.isPasswordOf(names.email, currentPassword))) {
      const message = 'This is not your password.';
      throw ruleViolated([{ path: 'currentPassword', message, code: 'WRONG_PASSWORD' }]);
    }
    const { secret, uri, sealed } = await this.factors.create(session.userId, names.email);
    await this.database.write(session, async (tx) => {
      const [row] = await tx.run(startSecondFactor(sealed));
      if (!row?.isStarted) throw new Fault('CONFLICT', 'You have a second factor. Remove it first.');
    });
    return { secret, uri };
  }

  /** @throws Fault VALIDATION_FAILED, FORBIDDEN, RULE_VIOLATED (the code is wrong), CONFLICT (there is nothing to confirm) */
  async confirm(session: Session, body: unknown): Promise<RecoveryCodes> {
    const { code } = validated(SecondFactorCode, body);
    requireUnrestrictedCredential(session, 'set up the second factor of its owner');
    const [factor] = await this.database.command(session, findNewSecondFactor());
    if (!factor) throw new Fault('CONFLICT', 'There is no second factor to confirm.');
    const step = await this.factors.stepOf(session.userId, factor.sealed, code);
    if (step === null) throw wrongCode();
    const { codes, hashes } = newRecoveryCodes();
    await this.database.write(session, async (tx) => {
      const [row] = await tx.run(confirmSecondFactor(step));
      if (!row?.isConfirmed) throw new Fault('CONFLICT', 'There is no second factor to confirm.');
      await tx.run(replaceRecoveryCodes(hashes));
    });
    return { recoveryCodes: codes };
  }

  /** New recovery codes; earlier ones no longer work. @throws Fault as `remove` */
  async renewCodes(session: Session, body: unknown): Promise<RecoveryCodes> {
    await this.requireCode(session, body);
    const { codes, hashes } = newRecoveryCodes();
    await this.database.write(session, (tx) => tx.run(replaceRecoveryCodes(hashes)));
    return { recoveryCodes: codes };
  }

  /**
   * Counts a wrong code like a wrong password, so that a stolen session guesses none.
   * @throws Fault VALIDATION_FAILED, FORBIDDEN, RULE_VIOLATED (the code is wrong), CONFLICT (there is none), ACCOUNT_LOCKED
   */
  async remove(session: Session, body: unknown): Promise<void> {
    await this.requireCode(session, body);
    await this.database.write(session, (tx) => tx.run(removeSecondFactor(session.userId)));
  }

  /** For somebody who has lost the app and the recovery codes. @throws Fault FORBIDDEN, NOT_FOUND */
  async removeOf(session: Session, userId: string): Promise<void> {
    requireUnrestrictedCredential(session, 'remove second factors');
    if (!session.isAdmin) throw new Fault('FORBIDDEN', 'Only administrators remove the second factor of others.');
    await this.database.write(session, async (tx) => {
      const [row] = await tx.run(removeSecondFactor(userId));
      if (!row?.isRemoved) throw new Fault('NOT_FOUND', 'There is no such user, or the user has no second factor.');
    });
  }

  private async requireCode(session: Session, body: unknown): Promise<void> {
    const { code } = validated(SecondFactorCode, body);
    requireUnrestrictedCredential(session, 'change the second factor of its owner');
    const [names] = await this.database.command(session, getNames());
    if (!names) throw new Fault('NOT_FOUND');
    const verdict = await this.checks.verifyCode(names.email, code);
    if (verdict === 'not needed') throw new Fault('CONFLICT', 'You have no second factor.');
    if (verdict !== 'right') throw wrongCode();
  }
}

function wrongCode(): Fault {
  return ruleViolated([{ path: 'code', message: 'The code is wrong, or was used before.', code: 'WRONG_CODE' }]);
}
