import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import type { ListSource } from '../../platform/schema/list-statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import type { NewRole, RolePatch } from './role.dto.js';
import { Role } from './role.dto.js';

/** A role as JSON text, with what the rules of a change look at. */
export interface RoleRow {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly permissions: readonly string[];
  /** What a built-in role never loses; null for others. */
  readonly builtIn: readonly string[] | null;
  /** Whether the caller has it. */
  readonly isOwn: boolean;
  readonly data: string;
}

const ROW = `t.id,
  t.version,
  t.role_name as name,
  t.permissions,
  t.built_in_permissions as "builtIn",
  exists (select from public.users u where u.id = app.current_user_id() and u.role_id = t.id) as "isOwn",
  ${jsonOf(Role)} as data`;

export const roleSource: ListSource = {
  name: 'identity.roles',
  table: 'public.user_roles',
  shape: Role,
  teamColumn: null,
  where: [],
  allTeams: false,
};

export function getRole(id: string): Statement<RoleRow> {
  return statement('identity.get_role', `select\n  ${ROW}\nfrom public.user_roles t\nwhere t.id = $1`, [id]);
}

/** A role that nobody else changes until the transaction ends. */
export function lockRole(id: string): Statement<RoleRow> {
  const read = getRole(id);
  return statement('identity.lock_role', `${read.text}\nfor no key update of t`, read.values);
}

export function insertRole({ name, description = null, permissions }: NewRole): Statement<RoleRow> {
  return statement(
    'identity.insert_role',
    `insert into public.user_roles as t (role_name, role_description, permissions)
values ($1, $2, $3::jsonb)
returning
  ${ROW}`,
    [name, description, JSON.stringify(permissions)],
  );
}

export function updateRole(id: string, { name, description, permissions, isActive }: RolePatch): Statement<RoleRow> {
  return statement(
    'identity.update_role',
    `update public.user_roles t
set role_name = coalesce($2, t.role_name),
  role_description = case when $3 then $4 else t.role_description end,
  permissions = coalesce($5::jsonb, t.permissions),
  is_active = coalesce($6, t.is_active)
where t.id = $1
returning
  ${ROW}`,
    [
      id,
      name ?? null,
      description !== undefined,
      description ?? null,
      permissions === undefined ? null : JSON.stringify(permissions),
      isActive ?? null,
    ],
  );
}

export function deleteRole(id: string): Statement<{ id: string }> {
  return statement('identity.delete_role', 'delete from public.user_roles t\nwhere t.id = $1\nreturning t.id', [id]);
}
