import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import type { ListSource } from '../../platform/schema/list-statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import type { NewServiceAccount, ServiceAccountPatch } from './service-account.dto.js';
import { ServiceAccount } from './service-account.dto.js';

/** A service account as JSON text. */
export interface ServiceAccountRow {
  readonly id: string;
  readonly version: number;
  readonly data: string;
}

// Those of the caller alone, for administrators too: whose account it is answers for it.
const AGENTS = `(
  select
    u.id, u.username, u.name, r.role_name as role, u.owner_id, u.is_active, u.version, u.created_at, u.updated_at
  from public.users u
  join public.user_roles r on r.id = u.role_id
  where u.owner_id = app.current_user_id()
)`;

export const serviceAccountSource: ListSource = {
  name: 'identity.agents',
  table: AGENTS,
  shape: ServiceAccount,
  teamColumn: null,
  where: [],
  allTeams: false,
};

export function getServiceAccount(id: string): Statement<ServiceAccountRow> {
  return statement(
    'identity.get_agent',
    `select
  t.id,
  t.version,
  ${jsonOf(ServiceAccount)} as data
from ${AGENTS} t
where t.id = $1`,
    [id],
  );
}

export function createAgent({
  handle,
  name,
  role = 'developer',
  teamIds,
}: NewServiceAccount): Statement<{ id: string }> {
  return statement('identity.create_agent', 'select app.create_agent($1, $2, $3, $4::uuid[]) as id', [
    handle,
    name,
    role,
    teamIds ?? null,
  ]);
}

export function changeAgent(
  id: string,
  version: number | null,
  { name, role, isActive, teamIds }: ServiceAccountPatch,
): Statement<{ outcome: 'done' | 'stale' | 'missing' }> {
  return statement('identity.change_agent', 'select app.change_agent($1, $2, $3, $4, $5, $6::uuid[]) as outcome', [
    id,
    version,
    name ?? null,
    role ?? null,
    isActive ?? null,
    teamIds ?? null,
  ]);
}
