import { Inject, Injectable, Logger } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';
import type * as OpenidClient from 'openid-client';
import type { RequestInfo } from '../../platform/auth/session.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.module.js';
import type { OidcConfig } from '../../platform/config/oidc-config.js';
import { startExternalSession } from '../../platform/credentials/credential.queries.js';
import { SecretBox } from '../../platform/credentials/secret-box.js';
import { newBrowserToken } from '../../platform/credentials/secrets.js';
import { Database } from '../../platform/database/database.js';
import { Fault } from '../../platform/faults/fault.js';

const CALLBACK = '/sign-in/callback';
/** Seconds to sign in with the provider. */
const ATTEMPT_SECONDS = 600;
const SESSION_MS = 7 * 24 * 60 * 60 * 1000;
/** Seconds for each answer of the provider. */
const TIMEOUT = 10;

/** What the browser keeps, sealed, while its person is with the provider. */
interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly next: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

interface Client {
  readonly library: typeof OpenidClient;
  readonly configuration: OpenidClient.Configuration;
}

/**
 * Signs people in with an OpenID provider: authorization code with PKCE, state and nonce. The library verifies the answer and the
 * ID token. The provider is asked with the first sign-in, so that its absence stops no start.
 */
@Injectable()
export class OidcSignIn {
  /** Undefined without a provider. */
  readonly settings: OidcConfig | undefined;
  readonly #logger = new Logger(OidcSignIn.name);
  readonly #publicUrl: string;
  readonly #box: SecretBox;
  readonly #cookieName: string;
  #client: Promise<Client> | null = null;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly database: Database,
  ) {
    this.settings = config.oidc;
    this.#publicUrl = config.publicUrl ?? '';
    this.#box = new SecretBox(config.auth.jwtSecret, 'taskmaster oidc');
    this.#cookieName = this.#publicUrl.startsWith('https:') ? '__Host-taskmaster-oidc' : 'taskmaster-oidc';
  }

  /** Where to send the browser, and the cookie that it keeps meanwhile. @throws Fault IDENTITY_PROVIDER_UNAVAILABLE */
  async begin(next: string): Promise<{ url: string; cookie: string }> {
    const { library, configuration } = await this.#open();
    const attempt: Attempt = {
      state: library.randomState(),
      nonce: library.randomNonce(),
      verifier: library.randomPKCECodeVerifier(),
      next,
      expiresAt: Date.now() + ATTEMPT_SECONDS * 1000,
    };
    const url = library.buildAuthorizationUrl(configuration, {
      redirect_uri: `${this.#publicUrl}${CALLBACK}`,
      scope: 'openid email profile',
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await library.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: 'S256',
    });
    const sealed = this.#box.seal('attempt', JSON.stringify(attempt)).toString('base64url');
    return { url: url.href, cookie: this.#cookieOf(sealed, ATTEMPT_SECONDS) };
  }

  /** The cookie that forgets an attempt, which is good once. */
  get forgetting(): string {
    return this.#cookieOf('', 0);
  }

  /**
   * The token of a browser's session, for the person with whom the provider has answered.
   * @throws Fault UNAUTHENTICATED (the answer is not valid, or nobody has this identity), IDENTITY_PROVIDER_UNAVAILABLE
   */
  async finish(
    query: string,
    headers: IncomingHttpHeaders,
    info: RequestInfo,
  ): Promise<{ token: string; next: string }> {
    const attempt = this.#attemptIn(headers);
    if (!attempt) throw new Fault('UNAUTHENTICATED', 'The sign-in took too long, or began in another browser.');
    const claims = await this.#claims(query, attempt);
    const { token, hash } = newBrowserToken();
    const [row] = await this.database.anonymousCommand(
      startExternalSession(
        {
          issuer: claims.iss,
          subject: claims.sub,
          // An address that the provider has not verified could be anybody's.
          email: claims.email_verified === true && typeof claims.email === 'string' ? claims.email : null,
          name: typeof claims.name === 'string' ? claims.name : null,
          expiresAt: Date.now() + SESSION_MS,
          digest: hash,
        },
        this.settings?.createsUsers ?? false,
        info.userAgent,
      ),
    );
    if (row?.outcome === 'found') return { token, next: attempt.next };
    throw new Fault('UNAUTHENTICATED', row ? notLinked[row.outcome] : 'This account is disabled.');
  }

  async #claims(query: string, { state, nonce, verifier }: Attempt): Promise<OpenidClient.IDToken> {
    const { library, configuration } = await this.#open();
    try {
      const answer = await library.authorizationCodeGrant(
        configuration,
        new URL(`${this.#publicUrl}${CALLBACK}${query}`),
        { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true },
      );
      const claims = answer.claims();
      if (claims) return claims;
    } catch (error) {
      this.#logger.warn({ reason: (error as Error).message }, 'a sign-in with the OpenID provider failed');
      if (!isRefusal(error)) throw new Fault('IDENTITY_PROVIDER_UNAVAILABLE', undefined, { cause: error });
    }
    throw new Fault('UNAUTHENTICATED', 'The provider did not sign you in.');
  }

  #open(): Promise<Client> {
    const { settings } = this;
    if (!settings) throw new Fault('NOT_FOUND');
    this.#client ??= openClient(settings).catch((error: unknown) => {
      this.#client = null;
      throw new Fault('IDENTITY_PROVIDER_UNAVAILABLE', undefined, { cause: error });
    });
    return this.#client;
  }

  #attemptIn({ cookie = '' }: IncomingHttpHeaders): Attempt | null {
    const sealed = cookie
      .split(/;\s*/)
      .find((one) => one.startsWith(`${this.#cookieName}=`))
      ?.slice(this.#cookieName.length + 1);
    const text = sealed ? this.#box.open('attempt', Buffer.from(sealed, 'base64url')) : null;
    const attempt = text === null ? null : (JSON.parse(text) as Attempt);
    return attempt && attempt.expiresAt > Date.now() ? attempt : null;
  }

  #cookieOf(value: string, seconds: number): string {
    const secure = this.#cookieName.startsWith('__Host-') ? '; Secure' : '';
    return `${this.#cookieName}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}${secure}`;
  }
}

const notLinked = {
  unknown: 'No user has this identity, or an address that the provider has verified. Ask for an invitation.',
  'other subject':
    'The provider knows the user of this address as somebody else. An administrator has to remove that identity first.',
} as const;

/** Whether the provider, or the verification of its answer, refused; else it could not be asked. */
function isRefusal(error: unknown): boolean {
  const { code, name, status } = error as { readonly code?: string; readonly name?: string; readonly status?: number };
  if (name === 'AuthorizationResponseError') return true;
  if (name === 'ResponseBodyError') return status !== undefined && status < 500;
  return code?.startsWith('OAUTH_') === true && code !== 'OAUTH_TIMEOUT' && code !== 'OAUTH_RESPONSE_IS_NOT_CONFORM';
}

async function openClient({ issuer, clientId, clientSecret }: OidcConfig): Promise<Client> {
  const library = await import('openid-client');
  const isPlain = issuer.startsWith('http:');
  const configuration = await library.discovery(new URL(issuer), clientId, clientSecret, undefined, {
    timeout: TIMEOUT,
    // Loopback alone: the setting refuses any other http:// address.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    ...(isPlain ? { execute: [library.allowInsecureRequests] } : {}),
  });
  return { library, configuration };
}
