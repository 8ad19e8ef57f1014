import { hkdfSync } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type * as oidc from 'oidc-provider';
import type { ClientMetadata, Configuration, KoaContextWithOIDC, default as Provider } from 'oidc-provider';
import type { OauthConfig } from '../../platform/config/oauth-config.js';
import { newOauthToken } from '../../platform/credentials/secrets.js';
import type { Database } from '../../platform/database/database.js';
import { htmlOfPage, PAGE_CSP } from '../../platform/http/page.js';
import type { Page } from '../../platform/http/page.js';
import { oauthStore, settle } from './oauth-store.js';
import { signingKey } from './oauth-signing-key.js';
import { codePage, confirmPage, deviceDonePage, refusedPage } from './oauth.pages.js';
import type { Passed } from './oauth-paths.js';
import { CONSENT_PATH, PATHS } from './oauth-paths.js';
import { EVERYTHING } from './oauth-scopes.js';

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;
export const ACCESS_TOKEN_SECONDS = 15 * MINUTE;
/** A client that was not used for so long has to ask again. */
const REFRESH_TOKEN_SECONDS = 30 * DAY;
/** What a user has allowed ends after this, whatever the client does. */
export const GRANT_SECONDS = 180 * DAY;
const REQUEST_SECONDS = 30 * MINUTE;

export const CLI_CLIENT = 'taskmaster-cli';
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

export interface ProviderOptions {
  readonly oauth: OauthConfig;
  readonly secret: string;
  readonly database: Database;
  readonly permissions: ReadonlySet<string>;
  readonly fetch: typeof fetch;
  readonly passed: (request: IncomingMessage) => Passed;
}

type Library = typeof oidc;

const cli: ClientMetadata = {
  client_id: CLI_CLIENT,
  client_name: 'TaskMaster command line',
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  grant_types: [DEVICE_GRANT, 'refresh_token'],
  response_types: [],
  redirect_uris: [],
};

function show(context: KoaContextWithOIDC, page: Page): void {
  context.set('content-security-policy', PAGE_CSP);
  context.set('referrer-policy', 'same-origin');
  context.type = 'html';
  context.body = htmlOfPage(page);
}

/** Every authorization is asked about: what a client calls itself proves nothing (RFC 8252, 8.6). */
function policyOf({ interactionPolicy: { Check, Prompt } }: Library): InstanceType<typeof Prompt>[] {
  const ask = new Check('not_asked', 'the user has to agree', 'interaction_required', ({ oidc }) =>
    oidc.result?.consent?.grantId ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT,
  );
  return [new Prompt({ name: 'consent', requestable: true }, ask)];
}

const secretOf = ({ oidc: { session } }: KoaContextWithOIDC): string => {
  const secret = session?.state?.['secret'];
  return typeof secret === 'string' ? secret : '';
};

function deviceFlowOf({ passed }: ProviderOptions): NonNullable<Configuration['features']>['deviceFlow'] {
  return {
    enabled: true,
    charset: 'base-20',
    mask: '****-****',
    deviceInfo: ({ req }) => ({ ...passed(req) }),
    userCodeInputSource: (context, _form, _out, error) => {
      show(
        context,
        codePage({ xsrf: secretOf(context), code: passed(context.req).userCode, failed: error !== undefined }),
      );
    },
    userCodeConfirmSource: (context, _form, client, device, code) => {
      const { ip, userAgent } = device as unknown as Passed;
      show(
        context,
        confirmPage({ xsrf: secretOf(context), code, client: client.clientName ?? client.clientId, ip, userAgent }),
      );
    },
    successSource: (context) => show(context, deviceDonePage()),
  };
}

function featuresOf(options: ProviderOptions, { errors }: Library): NonNullable<Configuration['features']> {
  const { issuer, toolsResource, dynamicRegistration } = options.oauth;
  const off = { enabled: false };
  const scope = [...options.permissions, EVERYTHING].join(' ');
  return {
    devInteractions: off,
    dPoP: off,
    pushedAuthorizationRequests: off,
    rpInitiatedLogout: off,
    userinfo: off,
    deviceFlow: deviceFlowOf(options),
    revocation: { enabled: true, allowedPolicy: (_context, client, token) => token.clientId === client.clientId },
    registration: { enabled: dynamicRegistration, issueRegistrationAccessToken: false },
    clientIdMetadataDocument: { enabled: true, ack: 'draft-02', cacheDuration: { min: 60, max: 3600 } },
    resourceIndicators: {
      enabled: true,
      // Of several, the library refuses the request.
      defaultResource: (_context, _client, several) => several ?? issuer,
      useGrantedResource: () => true,
      getResourceServerInfo: (_context, resource) => {
        // Programs that parse an origin as a URL write it with a slash.
        const audience = resource === `${issuer}/` ? issuer : resource;
        if (audience !== issuer && audience !== toolsResource) throw new errors.InvalidTarget();
        return { scope, audience, accessTokenFormat: 'opaque', accessTokenTTL: ACCESS_TOKEN_SECONDS };
      },
    },
  };
}

/** How clients are known, and what they must do. */
const clientRules: Configuration = {
  clients: [cli],
  clientDefaults: {
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    id_token_signed_response_alg: 'EdDSA',
  },
  clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post'],
  clientBasedCORS: (_context, origin, client) =>
    (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin),
  pkce: { required: () => true },
  responseTypes: ['code'],
  routes: PATHS,
  scopes: [],
};

/** How long things last, and what ends them. */
const lifeOfTokens: Configuration = {
  clockTolerance: 0,
  expiresWithSession: () => false,
  issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
  revokeGrantPolicy: () => true,
  rotateRefreshToken: true,
  ttl: {
    AccessToken: ACCESS_TOKEN_SECONDS,
    AuthorizationCode: MINUTE,
    DeviceCode: 10 * MINUTE,
    Grant: GRANT_SECONDS,
    Interaction: REQUEST_SECONDS,
    RefreshToken: REFRESH_TOKEN_SECONDS,
    Session: REQUEST_SECONDS,
  },
};

function cookiesOf({ oauth, secret }: ProviderOptions): Configuration['cookies'] {
  const cookie = { signed: true, httpOnly: true, sameSite: 'lax', secure: oauth.issuer.startsWith('https:') } as const;
  return {
    names: { session: 'taskmaster_oauth', interaction: 'taskmaster_request', resume: 'taskmaster_resume' },
    keys: [Buffer.from(hkdfSync('sha256', secret, '', 'taskmaster oauth cookies', 32)).toString('base64url')],
    long: cookie,
    short: cookie,
  };
}

function configurationOf(options: ProviderOptions, library: Library, passed: () => Passed): Configuration {
  const { secret, database } = options;
  const lost = (): Error => new library.errors.InvalidGrant('it was used already, or has ended');
  return {
    ...clientRules,
    ...lifeOfTokens,
    adapter: oauthStore({ database, secret, lost, request: passed }),
    cookies: cookiesOf(options),
    features: featuresOf(options, library),
    fetch: options.fetch,
    findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    interactions: { policy: policyOf(library), url: (_context, { uid }) => `${CONSENT_PATH}/${uid}` },
    jwks: { keys: [signingKey(secret)] },
    loadExistingGrant: (context) => {
      const grantId = context.oidc.result?.consent?.grantId;
      return grantId === undefined ? undefined : context.oidc.provider.Grant.find(grantId);
    },
    renderError: (context, { error, error_description: detail }) => show(context, refusedPage(detail ?? error)),
  };
}

/** The authorization server. The library is loaded here, with the first request that needs it. */
export async function openProvider(options: ProviderOptions): Promise<Provider> {
  const library = await import('oidc-provider');
  const passed = (): Passed => options.passed((library.default.ctx as KoaContextWithOIDC).req);
  const provider = new library.default(options.oauth.issuer, configurationOf(options, library, passed));
  // The service has checked who reached it and how. The library only has to know that it is behind TLS.
  provider.proxy = true;
  provider.use(async (context, next) => {
    await next();
    const { AuthorizationCode, DeviceCode, RotatedRefreshToken } = (context as KoaContextWithOIDC).oidc.entities;
    const exchanged = context.status === 200 ? (RotatedRefreshToken ?? AuthorizationCode ?? DeviceCode) : undefined;
    if (context.path === PATHS.token && exchanged) await settle(options.database, exchanged.kind, exchanged.jti);
  });
  // With a prefix of their own, scanners and people recognise a token that has leaked.
  for (const model of [provider.AccessToken, provider.RefreshToken]) {
    Object.assign(model.prototype, { format: 'opaque', generateTokenId: newOauthToken });
  }
  return provider;
}
