import { Inject, Injectable } from '@nestjs/common';
import type { RequestInfo, Session } from '../../platform/auth/session.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.module.js';
import { sha256 } from '../../platform/credentials/secrets.js';
import { requireUnrestrictedCredential } from '../../platform/credentials/unrestricted.js';
import { Database } from '../../platform/database/database.js';
import type { FieldProblem } from '../../platform/faults/fault.js';
import { Fault, invalid, ruleViolated } from '../../platform/faults/fault.js';
import { problemsWith, validated } from '../../platform/schema/validate.js';
import type { LoggedInUser } from '../identity/login.service.js';
import { LoginService } from '../identity/login.service.js';
import { PasswordService } from '../identity/password.service.js';
import { ProfileService } from '../identity/profile.service.js';
import { InviteAcceptance } from './invite.dto.js';
import type { FoundInvite } from './invite.queries.js';
import { acceptInvite, acceptInviteAsNew, findInvite } from './invite.queries.js';

export type { FoundInvite } from './invite.queries.js';

/** The user is JSON text. */
export interface Accepted {
  readonly teamId: string | null;
  readonly user: string;
  /** Null for somebody who was signed in already. */
  readonly tokens: Omit<LoggedInUser, 'user'> | null;
}

interface Joined {
  readonly userId: string;
  readonly teamId: string | null;
}

/** Accepting invitations, with an account and without one. */
@Injectable()
export class InviteAcceptanceService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly logins: LoginService,
    private readonly passwords: PasswordService,
    private readonly profiles: ProfileService,
  ) {}

  /** What the invitation of a token says; null if it cannot be accepted. */
  async find(token: string): Promise<FoundInvite | null> {
    const [invite] = await this.database.anonymousCommand(findInvite(sha256(token)));
    return invite ?? null;
  }

  /**
   * Accepts for the user of the session.
   * @throws Fault VALIDATION_FAILED, FORBIDDEN (a narrowed credential), RULE_VIOLATED (the token is not valid, or the invitation
   * is for another address)
   */
  async accept(session: Session, body: unknown): Promise<Accepted> {
    const { token, ...account } = validated(InviteAcceptance, body);
    const foreign = Object.keys(account).map((path) => onlyWithout(path));
    if (foreign.length > 0) throw invalid(foreign);
    requireUnrestrictedCredential(session, 'accept invitations');
    const [row] = await this.database.command(session, acceptInvite(sha256(token)));
    if (row?.outcome === 'other address') {
      throw ruleViolated([
        { path: 'token', message: 'The invitation is for another e-mail address than yours.', code: 'OTHER_ADDRESS' },
      ]);
    }
    if (row?.outcome !== 'accepted') throw tokenNotValid();
    return { teamId: row.teamId, user: await this.profiles.get(session), tokens: null };
  }

  /**
   * Makes the account of the invited address and signs it in.
   * @throws Fault VALIDATION_FAILED, FORBIDDEN (registration is closed), RULE_VIOLATED (the token is not valid, the password is
   * easy to guess, or the address has an account, whose owner signs in to accept), RATE_LIMITED
   */
  async acceptAsNew(body: unknown, request: RequestInfo): Promise<Accepted> {
    const { userId, teamId } = await this.join(body);
    const { user, ...tokens } = await this.logins.start(userId, request);
    return { teamId, user, tokens };
  }

  /** Like `acceptAsNew`, without signing in. */
  async join(body: unknown): Promise<Joined> {
    const { token, name, password, language = 'en' } = withAccount(body);
    if (this.config.registration === 'closed') {
      throw new Fault('FORBIDDEN', 'Administrators make the accounts here. Sign in to accept.');
    }
    const invite = await this.find(token);
    if (!invite) throw tokenNotValid();
    if (invite.hasAccount) throw hasAccount();
    const hash = await this.passwords.hash(password, 'password', [invite.email, name]);
    const [row] = await this.database.anonymousCommand(acceptInviteAsNew(sha256(token), name, hash, language));
    if (row?.outcome === 'has account') throw hasAccount();
    if (row?.outcome !== 'accepted') throw tokenNotValid();
    return { userId: row.userId, teamId: row.teamId };
  }
}

const onlyWithout = (path: string): FieldProblem => ({
  path,
  message: `${path} is only for a new account; you are signed in`,
  code: 'NOT_ALLOWED',
});

/** @throws Fault VALIDATION_FAILED */
function withAccount(body: unknown): InviteAcceptance & { readonly name: string; readonly password: string } {
  const problems = problemsWith(InviteAcceptance, body);
  const given = (body ?? {}) as Readonly<Record<string, unknown>>;
  for (const path of ['name', 'password']) {
    if (given[path] === undefined) {
      problems.push({ path, message: `${path} is needed for a new account; or sign in to accept`, code: 'REQUIRED' });
    }
  }
  if (problems.length > 0) throw invalid(problems);
  return body as InviteAcceptance & { readonly name: string; readonly password: string };
}

function tokenNotValid(): Fault {
  const message = 'The invitation is not valid any more: it was accepted, revoked or sent again, or it has expired.';
  return ruleViolated([{ path: 'token', message, code: 'TOKEN_NOT_VALID' }]);
}

function hasAccount(): Fault {
  return ruleViolated([
    { path: 'token', message: 'The invited address has an account: sign in to accept.', code: 'HAS_ACCOUNT' },
  ]);
}
