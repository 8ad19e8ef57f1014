import type { Environment } from './settings.js';

/** The Access team and its applications. */
export interface CloudflareAccess {
  /** The `iss` of tokens, and the origin of the key set. */
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** Whether nothing but health is answered without a valid token. */
  readonly isRequired: boolean;
  readonly createsUsers: boolean;
}

export function cloudflareOf(environment: Environment): CloudflareAccess | undefined {
  const { CLOUDFLARE_TEAM_DOMAIN: issuer, CLOUDFLARE_ACCESS_AUD: audiences } = environment;
  if (!isWanted(environment) || issuer === undefined || audiences === undefined) return undefined;
  return {
    issuer,
    audiences,
    isRequired: environment.CLOUDFLARE_ACCESS_REQUIRED,
    createsUsers: environment.CLOUDFLARE_ACCESS_CREATE_USERS,
  };
}

export function cloudflareProblems(environment: Environment): string[] {
  if (!isWanted(environment)) {
    // Anyone who names a team believes that Access guards the service.
    return (['CLOUDFLARE_TEAM_DOMAIN', 'CLOUDFLARE_ACCESS_AUD', 'CLOUDFLARE_ACCESS_CREATE_USERS'] as const)
      .filter((variable) => environment[variable] !== undefined && environment[variable] !== false)
      .map((variable) => `${variable} has no meaning without CLOUDFLARE_ACCESS_ENABLED or CLOUDFLARE_ACCESS_REQUIRED.`);
  }
  const name = environment.CLOUDFLARE_ACCESS_REQUIRED ? 'CLOUDFLARE_ACCESS_REQUIRED' : 'CLOUDFLARE_ACCESS_ENABLED';
  return (['CLOUDFLARE_TEAM_DOMAIN', 'CLOUDFLARE_ACCESS_AUD'] as const)
    .filter((variable) => environment[variable] === undefined)
    .map((variable) => `${variable} is needed with ${name}.`);
}

function isWanted(environment: Environment): boolean {
  return environment.CLOUDFLARE_ACCESS_ENABLED || environment.CLOUDFLARE_ACCESS_REQUIRED;
}
