import { Injectable } from '@nestjs/common';
import { AccessTokens } from '../../platform/credentials/access-token.js';
import { RefreshTokens } from '../../platform/credentials/refresh-tokens.js';
import { newBrowserToken, sha256 } from '../../platform/credentials/secrets.js';
import type { RequestInfo, Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import { Fault } from '../../platform/faults/fault.js';
import { validated } from '../../platform/schema/validate.js';
import { RefreshToken } from './identity.dto.js';
import { LoginChecks } from './login-checks.service.js';
import {
  endBrowserSession,
  endSession,
  exchangeRefreshToken,
  startBrowserSession,
  startSession,
} from './login.queries.js';
import { ProfileService } from './profile.service.js';

interface TokenPair {
  readonly token: string;
  readonly refreshToken: string;
}

/** A pair of tokens with their user as JSON text. */
export interface LoggedInUser extends TokenPair {
  readonly user: string;
}

const NOT_VALID = 'The refresh token is not valid.';

/** Logins with a password, and the login sessions they start. */
@Injectable()
export class LoginService {
  /** By the hash of the token; true once the exchange has succeeded. */
  private readonly exchanges = new Map<string, Promise<boolean>>();

  constructor(
    private readonly database: Database,
    private readonly tokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
    private readonly checks: LoginChecks,
    private readonly profiles: ProfileService,
  ) {}

  /** @throws Fault VALIDATION_FAILED, INVALID_CREDENTIALS, SECOND_FACTOR_REQUIRED, ACCOUNT_LOCKED, RATE_LIMITED */
  async login(body: unknown, request: RequestInfo): Promise<LoggedInUser> {
    return this.start(await this.checks.authenticate(body), request);
  }

  /** The session of a browser, which keeps its token in a cookie. @throws Fault as `login` */
  async loginBrowser(body: unknown, request: RequestInfo): Promise<string> {
    return this.startBrowser(await this.checks.authenticate(body), request);
  }

  /** Starts the session of a browser of somebody whose identity has been established, and returns its token. */
  async startBrowser(userId: string, request: RequestInfo): Promise<string> {
    const { token, hash } = newBrowserToken();
    await this.database.anonymousCommand(startBrowserSession(userId, hash, request));
    return token;
  }

  /**
   * Exchanges a refresh token for the next one. The use of an earlier token ends the session.
   * @throws Fault UNAUTHENTICATED
   */
  async refresh(body: unknown): Promise<TokenPair> {
    const { refreshToken } = validated(RefreshToken, body);
    const name = sha256(refreshToken).toString('base64');
    // This request came before the other one was done, so it loses without ending the session. PostgreSQL decides the same
    // between instances, but here the request might wait for a connection until the other one is done.
    const other = this.exchanges.get(name);
    if (other && (await other)) throw new Fault('UNAUTHENTICATED', NOT_VALID);
    const exchange = this.exchange(refreshToken);
    const succeeded = exchange.then(
      () => true,
      () => false,
    );
    this.exchanges.set(name, succeeded);
    void succeeded.then(() => {
      if (this.exchanges.get(name) === succeeded) this.exchanges.delete(name);
    });
    return exchange;
  }

  /** Ends the session of a refresh token. An unknown or ended session is not an error. */
  async logout(body: unknown): Promise<void> {
    const { refreshToken } = validated(RefreshToken, body);
    const sent = this.refreshTokens.read(refreshToken);
    if (sent) await this.database.anonymousCommand(endSession(sent.digest));
  }

  /** Ends the session of a browser. An unknown or ended session is not an error. */
  async logoutBrowser(token: string): Promise<void> {
    await this.database.anonymousCommand(endBrowserSession(sha256(token)));
  }

  /** Starts a login session of somebody whose identity has been established. */
  async start(userId: string, request: RequestInfo): Promise<LoggedInUser> {
    const refresh = this.refreshTokens.create();
    const [row] = await this.database.anonymousCommand(startSession(userId, refresh.digest, request));
    if (!row) throw new Fault('INTERNAL');
    const session = sessionOf(userId, row.id, request);
    return {
      user: await this.profiles.get(session),
      token: this.tokens.sign(userId, row.id),
      refreshToken: refresh.token,
    };
  }

  private async exchange(refreshToken: string): Promise<TokenPair> {
    const sent = this.refreshTokens.read(refreshToken);
    if (!sent) throw new Fault('UNAUTHENTICATED', NOT_VALID);
    const next = this.refreshTokens.create(sent.family);
    const [row] = await this.database.anonymousCommand(
      exchangeRefreshToken(sent.digest, sent.familyDigest, next.digest),
    );
    if (!row) throw new Fault('UNAUTHENTICATED', NOT_VALID);
    return { token: this.tokens.sign(row.userId, row.sessionId), refreshToken: next.token };
  }
}

function sessionOf(userId: string, credentialId: string, request: RequestInfo): Session {
  return {
    userId,
    credentialId,
    request,
    scopes: null,
    role: '',
    permissions: [],
    isAdmin: false,
    dryRun: false,
    idempotency: null,
    readAfter: null,
  };
}
