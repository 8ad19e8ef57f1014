import type { OauthConfig } from '../../platform/config/oauth-config.js';
import { EVERYTHING } from './oauth-scopes.js';
import { PATHS } from './oauth-paths.js';

type Json = Readonly<Record<string, unknown>>;

/**
 * The metadata of the authorization server (RFC 8414). It is written here and not taken from the library, so that a client
 * that only reads it does not load the library.
 */
export function serverMetadata({ issuer, dynamicRegistration }: OauthConfig, permissions: Iterable<string>): Json {
  const at = (path: string): string => `${issuer}${path}`;
  return {
    issuer,
    authorization_endpoint: at(PATHS.authorization),
    token_endpoint: at(PATHS.token),
    revocation_endpoint: at(PATHS.revocation),
    device_authorization_endpoint: at(PATHS.device_authorization),
    ...(dynamicRegistration ? { registration_endpoint: at(PATHS.registration) } : {}),
    scopes_supported: [...permissions, EVERYTHING],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
    revocation_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
  };
}

/** The metadata of a resource (RFC 9728). */
export function resourceMetadata(resource: string, { issuer }: OauthConfig, permissions: Iterable<string>): Json {
  return {
    resource,
    authorization_servers: [issuer],
    scopes_supported: [...permissions],
    bearer_methods_supported: ['header'],
    resource_name: 'TaskMaster',
  };
}

const RESOURCE_METADATA = '/.well-known/oauth-protected-resource';

/** Where the metadata of the API and of the tools are (RFC 9728, 3.1). */
export const METADATA_PATHS = {
  server: '/.well-known/oauth-authorization-server',
  api: RESOURCE_METADATA,
  tools: `${RESOURCE_METADATA}/mcp`,
} as const;
