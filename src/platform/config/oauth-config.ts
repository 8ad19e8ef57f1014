import type { Environment } from './settings.js';

/** The authorization server, and the resources that its tokens are for. */
export interface OauthConfig {
  /** An origin, and the audience of tokens for REST, GraphQL and WebSockets. */
  readonly issuer: string;
  /** The audience of tokens for the tools of agents. */
  readonly toolsResource: string;
  readonly dynamicRegistration: boolean;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/** Tokens go to clients over TLS (RFC 8414, 2), except on one machine. */
function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || LOOPBACK.test(hostname);
}

/** Undefined where nobody could reach the service safely, or where the path of its metadata would be of another program. */
export function oauthOf(
  { PUBLIC_URL: publicUrl, OAUTH_DYNAMIC_REGISTRATION: dynamicRegistration }: Environment,
  { host, port }: { readonly host: string; readonly port: number },
): OauthConfig | undefined {
  if (publicUrl === undefined && port === 0) return undefined;
  const url = new URL(publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`);
  if (!isSafe(url) || url.pathname !== '/') return undefined;
  return { issuer: url.origin, toolsResource: `${url.origin}/mcp`, dynamicRegistration };
}

export function oauthProblems(environment: Environment): string[] {
  const { PUBLIC_URL: publicUrl, OAUTH_DYNAMIC_REGISTRATION: registers } = environment;
  if (!registers || publicUrl === undefined) return [];
  const url = new URL(publicUrl);
  return isSafe(url) && url.pathname === '/'
    ? []
    : ['OAUTH_DYNAMIC_REGISTRATION needs OAuth, which needs a PUBLIC_URL that is https:// and has no path.'];
}
