import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import type { Tx } from '../../platform/database/transaction.js';
import type { ListSource } from '../../platform/schema/list-statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import type { TeamRole } from './team.values.js';
import { TeamMember } from './team.dto.js';
import { TeamMemberEntity } from './team-member.entity.js';

/** A member as JSON text, with the role that decides who may change it. */
export interface MemberRow {
  readonly id: string;
  readonly version: number;
  readonly role: TeamRole;
  readonly data: string;
}

/** Identifies a membership. */
export interface MemberKey {
  readonly teamId: string;
  readonly userId: string;
}

const atVersion = (member: MemberKey, version: number | null): MemberKey & { readonly version?: number } =>
  version === null ? member : { ...member, version };

// A membership has no id. Within a team, the id of the user identifies it.
const MEMBERS = `(
  select m.user_id as id, m.user_id, m.team_id, u.username, u.name, u.email, m.role, m.version, m.joined_at
  from public.team_members m
  join public.users u on u.id = m.user_id
)`;

export function getMember(teamId: string, userId: string): Statement<MemberRow> {
  return statement(
    'teams.get_member',
    `select
  t.id,
  t.version,
  t.role,
  ${jsonOf(TeamMember)} as data
from ${MEMBERS} t
where t.team_id = $1
  and t.user_id = $2`,
    [teamId, userId],
  );
}

/** Finds an active user by e-mail address. Administrators see every user; to others, only team mates exist. */
export function findUserByEmail(email: string): Statement<{ userId: string }> {
  return statement(
    'teams.find_user',
    `select u.id as "userId"
from public.users u
where lower(u.email) = lower($1)
  and u.is_active`,
    [email],
  );
}

export async function insertMember(tx: Tx, teamId: string, userId: string, role: TeamRole): Promise<void> {
  await tx.entities
    .createQueryBuilder()
    .insert()
    .into(TeamMemberEntity)
    .values({ teamId, userId, role })
    .updateEntity(false)
    .execute();
}

/** Changes a member that still has the expected version. */
export async function updateMember(
  tx: Tx,
  member: MemberKey,
  version: number | null,
  role: TeamRole,
): Promise<boolean> {
  const { affected } = await tx.entities.update(TeamMemberEntity, atVersion(member, version), { role });
  return affected === 1;
}

/** Deletes a member that still has the expected version. */
export async function deleteMember(tx: Tx, member: MemberKey, version: number | null): Promise<boolean> {
  const { affected } = await tx.entities.delete(TeamMemberEntity, atVersion(member, version));
  return affected === 1;
}

/** Locks the caller's own membership until the transaction ends; the version is null if there is none. */
export function holdMembership(teamId: string): Statement<{ version: number | null }> {
  return statement('teams.hold_membership', 'select app.hold_membership($1) as version', [teamId]);
}

/** Ends the caller's own membership; `left` is false if there was none. */
export function leaveTeam(teamId: string): Statement<{ left: boolean }> {
  return statement('teams.leave', 'select app.leave_team($1) as "left"', [teamId]);
}

/**
 * The owner in the row of the team must be one of its owners. Before that owner steps down, the longest-standing other
 * owner takes over. If there is none, nothing changes and PostgreSQL refuses the step.
 */
export function transferOwnership(teamId: string, userId: string): Statement {
  return statement(
    'teams.hand_over',
    `update public.teams t
set owner_id = next.user_id
from (
  select m.team_id, m.user_id
  from public.team_members m
  where m.team_id = $1
    and m.user_id <> $2
    and m.role = 'owner'
  order by m.joined_at, m.user_id
  limit 1
) next
where t.id = next.team_id
  and t.owner_id = $2`,
    [teamId, userId],
  );
}

export function membersOf(teamId: string): ListSource {
  return {
    name: 'teams.members',
    table: MEMBERS,
    shape: TeamMember,
    teamColumn: 'team_id',
    where: [],
    allTeams: false,
    teamIds: [teamId],
  };
}
