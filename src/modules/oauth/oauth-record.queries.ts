import type { RequestInfo } from '../../platform/auth/session.js';
import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';

export interface RecordValues {
  readonly kind: string;
  readonly idHash: Buffer;
  readonly lookupHash: Buffer | null;
  readonly grantId: string | null;
  readonly payload: Buffer;
  readonly expiresAt: Date;
  /** Whether somebody confirms the code of a device. */
  readonly claims: boolean;
}

export interface Done {
  readonly isDone: boolean;
}

export function saveRecord(record: RecordValues): Statement<Done> {
  return statement('oauth.save_record', 'select app.save_oauth_record($1, $2, $3, $4, $5, $6, $7) as "isDone"', [
    record.kind,
    record.idHash,
    record.lookupHash,
    record.grantId,
    record.payload,
    record.expiresAt,
    record.claims,
  ]);
}

export interface FoundRecord {
  readonly idHash: Buffer;
  readonly payload: Buffer;
  readonly consumedAt: Date | null;
  /** Milliseconds since the tokens of its exchange were stored. */
  readonly settledMs: number | null;
}

export function findRecord(kind: string, hash: Buffer, byLookup: boolean): Statement<FoundRecord> {
  return statement(
    'oauth.find_record',
    'select id_hash as "idHash", payload, consumed_at as "consumedAt",\n  (extract(epoch from settled_for) * 1000)::float8 as "settledMs"\nfrom app.find_oauth_record($1, $2, $3)',
    [kind, hash, byLookup],
  );
}

export function consumeRecord(kind: string, idHash: Buffer): Statement<Done> {
  return statement('oauth.consume_record', 'select app.consume_oauth_record($1, $2) as "isDone"', [kind, idHash]);
}

export function settleRecord(kind: string, idHash: Buffer): Statement {
  return statement('oauth.settle_record', 'select app.settle_oauth_record($1, $2)', [kind, idHash]);
}

export function deleteRecord(kind: string, idHash: Buffer): Statement {
  return statement('oauth.delete_record', 'select app.delete_oauth_record($1, $2)', [kind, idHash]);
}

export interface FoundGrant {
  readonly userId: string;
  readonly clientId: string;
  readonly resource: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export function findGrant(id: string): Statement<FoundGrant> {
  return statement(
    'oauth.find_grant',
    `select
  user_id as "userId",
  client_id as "clientId",
  resource,
  scopes,
  created_at as "createdAt",
  expires_at as "expiresAt"
from app.find_oauth_grant($1)`,
    [id],
  );
}

export function endGrant(id: string): Statement {
  return statement('oauth.end_grant', 'select app.revoke_oauth_grant($1)', [id]);
}

export interface TokenValues {
  readonly tokenHash: Buffer;
  readonly grantId: string;
  readonly scopes: readonly string[];
  readonly resource: string;
  readonly expiresAt: Date;
  readonly request: Pick<RequestInfo, 'ip' | 'userAgent'>;
}

export function startTokenSession(token: TokenValues): Statement<{ id: string | null }> {
  return statement(
    'oauth.start_session',
    'select app.start_oauth_session($1, $2, $3::jsonb, $4, $5, $6::inet, $7) as id',
    [
      token.tokenHash,
      token.grantId,
      JSON.stringify(token.scopes),
      token.resource,
      token.expiresAt,
      token.request.ip,
      token.request.userAgent,
    ],
  );
}

export interface FoundToken extends Omit<FoundGrant, 'scopes'> {
  readonly grantId: string;
  readonly scopes: readonly string[];
}

export function findTokenSession(tokenHash: Buffer): Statement<FoundToken> {
  return statement(
    'oauth.find_session',
    `select
  user_id as "userId",
  client_id as "clientId",
  grant_id as "grantId",
  resource,
  scopes,
  created_at as "createdAt",
  expires_at as "expiresAt"
from app.find_oauth_session($1)`,
    [tokenHash],
  );
}

export function endTokenSession(tokenHash: Buffer): Statement {
  return statement('oauth.end_session', 'select app.end_oauth_session($1)', [tokenHash]);
}

/** Rows that one statement deletes at most, so that it holds its locks for milliseconds. */
const BATCH = 5_000;

/** Deletes records and grants whose time is over. Their access tokens have ended long before. */
export function dropExpired(): readonly Statement[] {
  return [
    statement(
      'oauth.drop_records',
      `delete from public.oauth_records r
using (
  select o.kind, o.id_hash
  from public.oauth_records o
  where o.expires_at < now()
  limit $1
) old
where r.kind = old.kind
  and r.id_hash = old.id_hash
  and r.expires_at < now()`,
      [BATCH],
    ),
    statement(
      'oauth.drop_grants',
      `delete from public.oauth_grants g
where g.id = any(array(
  select o.id
  from public.oauth_grants o
  where o.expires_at < now() - interval '1 day'
  limit $1
))`,
      [BATCH],
    ),
  ];
}
