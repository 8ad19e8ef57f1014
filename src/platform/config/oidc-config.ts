import type { Environment } from './settings.js';

/** The OpenID provider with which people sign in. */
export interface OidcConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** On the button. */
  readonly name: string;
  readonly createsUsers: boolean;
}

const NEEDED = ['OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'PUBLIC_URL'] as const;

export function oidcOf(environment: Environment): OidcConfig | undefined {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = environment;
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return undefined;
  return {
    issuer,
    clientId,
    clientSecret,
    name: environment.OIDC_NAME,
    createsUsers: environment.OIDC_CREATE_USERS,
  };
}

export function oidcProblems(environment: Environment): string[] {
  if (environment.OIDC_ISSUER !== undefined) {
    return NEEDED.filter((name) => environment[name] === undefined).map(
      (name) => `${name} is needed with OIDC_ISSUER.`,
    );
  }
  const alone = (['OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] as const).filter((name) => environment[name] !== undefined);
  return [...alone, ...(environment.OIDC_CREATE_USERS ? ['OIDC_CREATE_USERS'] : [])].map(
    (name) => `${name} has no meaning without OIDC_ISSUER.`,
  );
}
