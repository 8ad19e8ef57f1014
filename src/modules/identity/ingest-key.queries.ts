import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import type { ListSource } from '../../platform/schema/list-statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import type { IngestKeyPatch, NewIngestKey } from './ingest-key.dto.js';
import { IngestKey } from './ingest-key.dto.js';

/** A key without its secret, as JSON text. */
export interface IngestKeyRow {
  readonly id: string;
  readonly version: number;
  readonly isRevoked: boolean;
  readonly data: string;
}

interface ProjectOfKeys {
  readonly teamId: string;
  readonly projectKey: string;
}

const ROW = `t.id,
  t.version,
  t.revoked_at is not null as "isRevoked",
  ${jsonOf(IngestKey)} as data`;

// Explicit columns, because the service may not read the hash.
const KEYS = `(
  select
    k.id, k.team_id, k.project_key, k.name, k.prefix, k.allowed_origins, k.requests_per_minute, k.expires_at, k.last_used_at,
    k.revoked_at, k.created_by, k.version, k.created_at
  from public.ingest_keys k
)`;

const liveness: Readonly<Record<string, readonly string[]>> = {
  false: ['t.revoked_at is null'],
  true: [],
  only: ['t.revoked_at is not null'],
};

export function ingestKeysOf({ teamId, projectKey }: ProjectOfKeys, revoked = 'false'): ListSource {
  return {
    name: 'identity.ingest_keys',
    table: KEYS,
    shape: IngestKey,
    teamColumn: 'team_id',
    where: liveness[revoked] ?? [],
    allTeams: false,
    teamIds: [teamId],
    conditions: (parameter) => [`t.project_key = ${parameter(projectKey)}`],
  };
}

export function getIngestKey(id: string): Statement<IngestKeyRow> {
  return statement('identity.get_ingest_key', `select\n  ${ROW}\nfrom public.ingest_keys t\nwhere t.id = $1`, [id]);
}

export function insertIngestKey(
  { teamId, projectKey }: ProjectOfKeys,
  { name, allowedOrigins = [], requestsPerMinute = null, expiresAt = null }: NewIngestKey,
  { prefix, hash }: { readonly prefix: string; readonly hash: Buffer },
): Statement<IngestKeyRow> {
  return statement(
    'identity.insert_ingest_key',
    `insert into public.ingest_keys as t (
  team_id, project_key, name, prefix, key_hash, allowed_origins, requests_per_minute, expires_at, created_by)
values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8::timestamptz, app.current_user_id())
returning
  ${ROW}`,
    [teamId, projectKey, name, prefix, hash, JSON.stringify(allowedOrigins), requestsPerMinute, expiresAt],
  );
}

/** No row: it is gone, has another version, or is revoked. */
export function updateIngestKey(
  id: string,
  version: number | null,
  { name, allowedOrigins, requestsPerMinute, expiresAt }: IngestKeyPatch,
): Statement<IngestKeyRow> {
  return statement(
    'identity.update_ingest_key',
    `update public.ingest_keys t
set name = coalesce($3, t.name),
  allowed_origins = coalesce($4::jsonb, t.allowed_origins),
  requests_per_minute = case when $5 then $6::int else t.requests_per_minute end,
  expires_at = case when $7 then $8::timestamptz else t.expires_at end
where t.id = $1
  and t.revoked_at is null
  and ($2::int is null or t.version = $2)
returning
  ${ROW}`,
    [
      id,
      version,
      name ?? null,
      allowedOrigins === undefined ? null : JSON.stringify(allowedOrigins),
      requestsPerMinute !== undefined,
      requestsPerMinute ?? null,
      expiresAt !== undefined,
      expiresAt ?? null,
    ],
  );
}

export function revokeIngestKey(id: string, version: number | null): Statement<{ id: string }> {
  return statement(
    'identity.revoke_ingest_key',
    `update public.ingest_keys t
set revoked_at = now()
where t.id = $1
  and t.revoked_at is null
  and ($2::int is null or t.version = $2)
returning t.id`,
    [id, version],
  );
}
