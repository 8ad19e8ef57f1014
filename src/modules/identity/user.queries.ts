import { IsNull } from 'typeorm';
import { mergedValues } from '../../platform/database/merged-values.js';
import type { Statement } from '../../platform/database/statement.js';
import { shapedStatement, statement } from '../../platform/database/statement.js';
import type { Tx } from '../../platform/database/transaction.js';
import type { ListSource } from '../../platform/schema/list-statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import { LoginSessionEntity } from './credential.entity.js';
import { User } from './user.dto.js';
import { UserEntity, UserRoleEntity } from './user.entity.js';

/** A user as JSON text, with the columns that the service needs. */
export interface UserRow {
  readonly id: string;
  readonly version: number;
  readonly role: string;
  readonly data: string;
}

/** Columns of users that the service writes. */
export type UserValues = Partial<
  Pick<UserEntity, 'username' | 'email' | 'name' | 'roleId' | 'isActive' | 'metadata' | 'passwordHash'>
>;

// Explicit columns, because the service may not read the others. Team mates see private columns as empty.
const USERS = `(
  select
    u.id,
    u.username,
    u.email,
    u.name,
    r.role_name as role,
    u.kind,
    u.owner_id,
    u.is_active,
    case when own.visible then u.last_login_at end as last_login_at,
    case when own.visible then u.metadata else '{}' end as metadata,
    u.version,
    u.created_at,
    u.updated_at
  from public.users u
  join public.user_roles r on r.id = u.role_id
  cross join lateral (select app.is_admin() or u.id = app.current_user_id() as visible) own
)`;

export function getUser(id: string, fields?: readonly string[]): Statement<UserRow> {
  const text = `select
  t.id,
  t.version,
  t.role,
  ${jsonOf(User, 't', fields)} as data
from ${USERS} t
where t.id = $1`;
  return fields ? shapedStatement('identity.get_user', text, [id]) : statement('identity.get_user', text, [id]);
}

export const userSource: ListSource = {
  name: 'identity.users',
  table: USERS,
  shape: User,
  teamColumn: null,
  where: [],
  allTeams: false,
};

export function isUsernameFree(username: string): Statement<{ free: boolean }> {
  return statement(
    'identity.is_username_free',
    'select not exists (select from public.users u where u.username = $1) as free',
    [username],
  );
}

/** The id of an active role. */
export async function findRoleId(tx: Tx, roleName: string): Promise<string | null> {
  const role = await tx.entities.findOne(UserRoleEntity, { select: { id: true }, where: { roleName, isActive: true } });
  return role?.id ?? null;
}

export async function insertUser(tx: Tx, values: UserValues): Promise<string> {
  const result = await tx.entities
    .createQueryBuilder()
    .insert()
    .into(UserEntity)
    .values(values)
    .updateEntity(false)
    .returning(['id'])
    .execute();
  return (result.raw as { id: string }[])[0]?.id ?? '';
}

/**
 * Updates a user that still has the expected version. False means that it is gone, has changed, or may not be changed
 * by the caller.
 */
export async function updateUser(
  tx: Tx,
  id: string,
  version: number | null,
  changes: UserValues,
  reset: ReadonlySet<string>,
): Promise<boolean> {
  const { values, parameters } = mergedValues(changes, ['metadata'], reset);
  const { affected } = await tx.entities
    .createQueryBuilder()
    .update(UserEntity)
    .set(values)
    .where(version === null ? { id } : { id, version })
    .setParameters(parameters)
    .execute();
  return affected === 1;
}

export async function endSessionsOf(tx: Tx, userId: string): Promise<void> {
  await tx.entities.update(LoginSessionEntity, { userId, revokedAt: IsNull() }, { revokedAt: () => 'now()' });
}
