import type { Statement } from '../database/statement.js';
import { statement } from '../database/statement.js';
import type { Assertion } from './cloudflare-access.js';

export interface CredentialRow {
  readonly userId: string;
  readonly credentialId: string;
  readonly role: string;
  /** What the scopes leave of the role. */
  readonly permissions: readonly string[];
  readonly isAdmin: boolean;
  readonly scopes: readonly string[] | null;
  readonly expiresAt: Date | null;
}

const COLUMNS = `user_id as "userId",
  credential_id as "credentialId",
  role_name as role,
  app.narrow(app.text_list(permissions), app.text_list(scopes)) as permissions,
  permissions ? '*' as "isAdmin",
  scopes,
  expires_at as "expiresAt"`;

export interface ApiKeyRow extends CredentialRow {
  readonly allowedNetworks: readonly string[] | null;
  /** The owner of a service account; null for people. */
  readonly ownerId: string | null;
}

export function findApiKey(hash: Buffer): Statement<ApiKeyRow> {
  return statement(
    'auth.find_key',
    `select ${COLUMNS},
  allowed_networks as "allowedNetworks",
  owner_id as "ownerId"
from app.find_key($1)`,
    [hash],
  );
}

export function findSession(sessionId: string): Statement<CredentialRow> {
  return statement('auth.find_session', `select ${COLUMNS}\nfrom app.find_session($1)`, [sessionId]);
}

export function findSessionByToken(tokenHash: Buffer): Statement<CredentialRow> {
  return statement('auth.find_session_by_token', `select ${COLUMNS}\nfrom app.find_session_by_token($1)`, [tokenHash]);
}

export interface OauthSessionRow extends CredentialRow {
  readonly resource: string;
}

export function findOauthSession(tokenHash: Buffer): Statement<OauthSessionRow> {
  return statement('auth.find_oauth_session', `select resource, ${COLUMNS}\nfrom app.find_oauth_session($1)`, [
    tokenHash,
  ]);
}

export interface ExternalSessionRow extends CredentialRow {
  readonly outcome: 'found' | 'unknown' | 'other subject';
}

/** Links the user with the first use of an identity, and makes the session with the first use of a token. */
export function startExternalSession(
  { issuer, subject, email, name, digest, expiresAt }: Assertion,
  createsUsers: boolean,
  userAgent: string | null,
): Statement<ExternalSessionRow> {
  return statement(
    'auth.start_external_session',
    `select outcome, ${COLUMNS}
from app.start_external_session($1, $2, $3, $4, $5, $6, $7, $8)`,
    [issuer, subject, email, name, createsUsers, digest, new Date(expiresAt), userAgent],
  );
}

export interface IngestKeyRow {
  readonly credentialId: string;
  readonly teamId: string;
  readonly projectKey: string;
  readonly allowedOrigins: readonly string[];
  readonly requestsPerMinute: number | null;
  readonly expiresAt: Date | null;
}

export function findIngestKey(hash: Buffer): Statement<IngestKeyRow> {
  return statement(
    'auth.find_ingest_key',
    `select
  credential_id as "credentialId",
  team_id as "teamId",
  project_key as "projectKey",
  allowed_origins as "allowedOrigins",
  requests_per_minute as "requestsPerMinute",
  expires_at as "expiresAt"
from app.find_ingest_key($1)`,
    [hash],
  );
}

export function recordIngestKeyUse(ids: readonly string[]): Statement {
  return statement(
    'auth.record_ingest_key_use',
    `update public.ingest_keys
set last_used_at = now()
where id = any($1::uuid[])`,
    [ids],
  );
}

export function recordKeyUse(ids: readonly string[]): Statement {
  return statement(
    'auth.record_key_use',
    `update public.api_keys
set last_used_at = now()
where id = any($1::uuid[])`,
    [ids],
  );
}
