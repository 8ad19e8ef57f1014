import { mergedValues } from '../../platform/database/merged-values.js';
import type { Statement } from '../../platform/database/statement.js';
import { shapedStatement, statement } from '../../platform/database/statement.js';
import type { Tx } from '../../platform/database/transaction.js';
import type { ListSource } from '../../platform/schema/list-statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import type { TeamPatch } from './team.dto.js';
import { Team } from './team.dto.js';
import { TeamEntity } from './team.entity.js';

/** A team as JSON text, with the columns that the service needs. */
export interface TeamRow {
  readonly id: string;
  readonly version: number;
  readonly data: string;
}

/** The rights of the caller in a team. They only improve the messages: the policies decide. */
export interface TeamRights {
  readonly version: number;
  readonly isPersonal: boolean;
  readonly manages: boolean;
  /** Whether the caller is one of the owners. */
  readonly owns: boolean;
  /** Whether the caller is the owner in the row of the team. */
  readonly deletes: boolean;
}

export function getTeam(id: string, fields?: readonly string[]): Statement<TeamRow> {
  const text = `select
  t.id,
  t.version,
  ${jsonOf(Team, 't', fields)} as data
from public.teams t
where t.id = $1`;
  return fields ? shapedStatement('teams.get', text, [id]) : statement('teams.get', text, [id]);
}

export function rightsIn(id: string): Statement<TeamRights> {
  return statement(
    'teams.rights',
    `select
  t.version,
  t.is_personal as "isPersonal",
  app.is_admin() or coalesce(t.id = any(app.managed_team_ids()), false) as manages,
  app.is_admin() or coalesce(m.role = 'owner', false) as owns,
  app.is_admin() or t.owner_id = app.current_user_id() as deletes
from public.teams t
left join public.team_members m on m.team_id = t.id and m.user_id = app.current_user_id()
where t.id = $1`,
    [id],
  );
}

/** Inserts a team together with its first owner, because the policies allow neither row without the other. */
export function createTeam(name: string, description: string | null, metadata: unknown): Statement<{ id: string }> {
  return statement('teams.create', 'select app.create_team($1, $2, $3::jsonb) as id', [
    name,
    description,
    JSON.stringify(metadata),
  ]);
}

/**
 * Updates a team that still has the expected version. False means that it is gone, has changed, or may not be changed
 * by the caller.
 */
export async function updateTeam(
  tx: Tx,
  id: string,
  version: number | null,
  patch: TeamPatch,
  reset: ReadonlySet<string>,
): Promise<boolean> {
  const { values, parameters } = mergedValues(patch, ['metadata'], reset);
  const { affected } = await tx.entities
    .createQueryBuilder()
    .update(TeamEntity)
    .set(values)
    .where(version === null ? { id } : { id, version })
    .setParameters(parameters)
    .execute();
  return affected === 1;
}

/** Removes the soft-deleted rows of a team. Live rows then block its deletion through their foreign key. */
export function emptyTrash(teamId: string): Statement {
  return statement(
    'teams.empty_trash',
    `with gone as (
  delete from public.tasks t
  where t.team_id = $1
    and t.deleted_at is not null
)
delete from public.projects p
where p.team_id = $1
  and p.deleted_at is not null`,
    [teamId],
  );
}

export async function deleteTeam(tx: Tx, id: string, version: number | null): Promise<boolean> {
  const { affected } = await tx.entities.delete(TeamEntity, version === null ? { id } : { id, version });
  return affected === 1;
}

export const teamSource: Omit<ListSource, 'allTeams'> = {
  name: 'teams.list',
  table: 'public.teams',
  shape: Team,
  teamColumn: 'id',
  where: [],
};
