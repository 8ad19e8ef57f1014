import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import type { Tx } from '../../platform/database/transaction.js';
import type { ListSource } from '../../platform/schema/list-statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import { ApiKey } from './api-key.dto.js';
import { ApiKeyEntity } from './credential.entity.js';

/** A key without its secret, as JSON text. */
export interface ApiKeyRow {
  readonly id: string;
  readonly version: number;
  readonly isRevoked: boolean;
  readonly data: string;
}

// Explicit columns, because the service may not read the hash.
const KEYS = `(
  select
    k.id, k.user_id, k.name, k.prefix, k.allowed_networks, k.scopes, k.expires_at, k.last_used_at, k.revoked_at, k.rotated_from,
    k.project_key, k.project_team_id as team_id, k.version, k.created_at
  from public.api_keys k
)`;

const liveness: Readonly<Record<string, readonly string[]>> = {
  false: ['t.revoked_at is null'],
  true: [],
  only: ['t.revoked_at is not null'],
};

/** The keys of the user and their service accounts. The policy shows admins every key, but this list is personal. */
export function ownKeys(revoked = 'false'): ListSource {
  return {
    name: 'identity.keys',
    table: KEYS,
    shape: ApiKey,
    teamColumn: null,
    where: ['t.user_id = any((select app.owned_user_ids())::uuid[])', ...(liveness[revoked] ?? [])],
    allTeams: false,
  };
}

/** No row: the user owns no such service account. */
export function findOwnAgent(id: string): Statement<{ id: string }> {
  return statement(
    'identity.find_own_agent',
    'select u.id\nfrom public.users u\nwhere u.id = $1\n  and u.owner_id = app.current_user_id()',
    [id],
  );
}

export function getKey(id: string): Statement<ApiKeyRow> {
  return statement(
    'identity.get_key',
    `select
  t.id,
  t.version,
  t.revoked_at is not null as "isRevoked",
  ${jsonOf(ApiKey)} as data
from ${KEYS} t
where t.id = $1`,
    [id],
  );
}

export async function insertKey(
  tx: Tx,
  values: Pick<
    ApiKeyEntity,
    | 'userId'
    | 'name'
    | 'prefix'
    | 'keyHash'
    | 'scopes'
    | 'allowedNetworks'
    | 'expiresAt'
    | 'rotatedFrom'
    | 'projectTeamId'
    | 'projectKey'
  >,
): Promise<string> {
  const result = await tx.entities
    .createQueryBuilder()
    .insert()
    .into(ApiKeyEntity)
    .values(values)
    .updateEntity(false)
    .returning(['id'])
    .execute();
  return (result.raw as { id: string }[])[0]?.id ?? '';
}

/** The properties that a rotated key passes on. */
export interface Predecessor {
  readonly userId: string;
  readonly name: string;
  readonly scopes: string[] | null;
  readonly allowedNetworks: string[] | null;
  readonly projectTeamId: string | null;
  readonly projectKey: string | null;
  readonly version: number;
  /** The same lifetime again, counted from now. */
  readonly nextExpiry: Date | null;
  readonly isAlive: boolean;
}

/** Locks the key, so that two concurrent rotations cannot both create a successor. */
export function lockKey(id: string): Statement<Predecessor> {
  return statement(
    'identity.lock_key',
    `select
  k.user_id as "userId",
  k.name,
  k.scopes,
  k.allowed_networks as "allowedNetworks",
  k.project_team_id as "projectTeamId",
  k.project_key as "projectKey",
  k.version,
  now() + (k.expires_at - k.created_at) as "nextExpiry",
  k.revoked_at is null and (k.expires_at is null or k.expires_at > now()) as "isAlive"
from public.api_keys k
where k.id = $1
  and k.user_id = any((select app.owned_user_ids())::uuid[])
for update`,
    [id],
  );
}

/** Expires a key after the overlap, unless it expires earlier. */
export function expireKey(id: string, seconds: number): Statement {
  return statement(
    'identity.expire_key',
    `update public.api_keys
set expires_at = least(expires_at, now() + make_interval(secs => $2))
where id = $1`,
    [id, seconds],
  );
}

/** Revokes a key of the caller that still has the expected version; for admins, any key. */
export function revokeKey(id: string, version: number | null): Statement<{ id: string }> {
  return statement(
    'identity.revoke_key',
    `update public.api_keys
set revoked_at = now()
where id = $1
  and revoked_at is null
  and ($2::int is null or version = $2)
returning id`,
    [id, version],
  );
}
