import { Injectable } from '@nestjs/common';
import { allows } from '../../platform/auth/identity.js';
import type { Session } from '../../platform/auth/session.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/transaction.js';
import { Fault } from '../../platform/faults/fault.js';
import { explainRefusedWrite, requireVersion } from '../../platform/http/conditional.js';
import type { ListRequest } from '../../platform/schema/list-request.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { runList } from '../../platform/schema/list-run.js';
import { validated } from '../../platform/schema/validate.js';
import type { NewTeamMember } from './team.dto.js';
import { TeamMemberPatch } from './team.dto.js';
import type { MemberKey, MemberRow } from './team-member.queries.js';
import {
  deleteMember,
  findUserByEmail,
  getMember,
  holdMembership,
  transferOwnership,
  insertMember,
  leaveTeam,
  membersOf,
  updateMember,
} from './team-member.queries.js';
import type { TeamRights } from './team.queries.js';
import { newMember } from './team.rules.js';
import { TeamsService } from './teams.service.js';

const NO_MEMBER = 'There is no such member.';

/** The use cases of a team's members. */
@Injectable()
export class TeamMembersService {
  constructor(
    private readonly database: Database,
    private readonly teams: TeamsService,
  ) {}

  /** @throws Fault VALIDATION_FAILED, NOT_FOUND */
  async list(session: Session, teamId: string, request: ListRequest): Promise<ListPage> {
    const page = await runList(this.database, session, request, membersOf(teamId));
    // A team always has an owner, so an empty page may mean that the team does not exist for this caller.
    if (page.page.data === '') await this.teams.rights(session, teamId);
    return page;
  }

  /** @throws Fault NOT_FOUND (the team, or the member) */
  async get(session: Session, teamId: string, userId: string): Promise<MemberRow> {
    await this.teams.rights(session, teamId);
    const [row] = await this.database.query(session, getMember(teamId, userId));
    if (!row) throw new Fault('NOT_FOUND', NO_MEMBER);
    return row;
  }

  /**
   * For administrators: nobody else may put a user into a team, or learn who has an account.
   * @throws Fault VALIDATION_FAILED, NOT_FOUND (the team), FORBIDDEN, ALREADY_EXISTS, RULE_VIOLATED
   */
  async add(session: Session, teamId: string, body: unknown): Promise<MemberRow> {
    if (!allows(session.permissions, '*')) throw new Fault('FORBIDDEN', 'Only administrators add members.');
    const input = newMember(body);
    const role = input.role ?? 'member';
    const { isPersonal } = await this.teams.rights(session, teamId);
    if (isPersonal) throw new Fault('RULE_VIOLATED', 'A personal team has no other members.');
    return this.database.write(session, async (tx) => {
      const userId = await userOf(tx, input);
      await insertMember(tx, teamId, userId, role);
      return find(tx, teamId, userId);
    });
  }

  /** @throws Fault VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, VERSION_MISMATCH, RULE_VIOLATED (the last owner) */
  async change(
    session: Session,
    { teamId, userId }: MemberKey,
    version: number | null,
    body: unknown,
  ): Promise<MemberRow> {
    const { role } = validated(TeamMemberPatch, body);
    const rights = await this.managed(session, teamId);
    return this.database.write(session, async (tx) => {
      const before = await find(tx, teamId, userId);
      requireVersion('member', before.version, version);
      requireOwner(rights, role, before.role);
      if (role !== 'owner') await tx.run(transferOwnership(teamId, userId));
      if (!(await updateMember(tx, { teamId, userId }, version, role))) {
        throw explainRefusedWrite('member', (await find(tx, teamId, userId)).version, version);
      }
      return find(tx, teamId, userId);
    });
  }

  /**
   * @throws Fault NOT_FOUND, FORBIDDEN, VERSION_MISMATCH, RULE_VIOLATED (the last owner, or one's own personal team)
   */
  async remove(session: Session, { teamId, userId }: MemberKey, version: number | null): Promise<void> {
    if (userId.toLowerCase() === session.userId) return this.leave(session, teamId, version);
    if (!allows(session.permissions, 'tasks:write')) throw new Fault('FORBIDDEN', 'Removing others needs tasks:write.');
    const rights = await this.managed(session, teamId);
    await this.database.write(session, async (tx) => {
      const before = await find(tx, teamId, userId);
      requireVersion('member', before.version, version);
      requireOwner(rights, before.role);
      await tx.run(transferOwnership(teamId, userId));
      if (!(await deleteMember(tx, { teamId, userId }, version))) {
        throw explainRefusedWrite('member', (await find(tx, teamId, userId)).version, version);
      }
    });
  }

  private async leave(session: Session, teamId: string, version: number | null): Promise<void> {
    await this.teams.rights(session, teamId);
    await this.database.write(session, async (tx) => {
      const [held] = version === null ? [] : await tx.run(holdMembership(teamId));
      if (typeof held?.version === 'number') requireVersion('member', held.version, version);
      const [row] = await tx.run(leaveTeam(teamId));
      if (!row?.left) throw new Fault('NOT_FOUND', NO_MEMBER);
    });
  }

  private async managed(session: Session, teamId: string): Promise<TeamRights> {
    const rights = await this.teams.rights(session, teamId);
    if (!rights.manages) throw new Fault('FORBIDDEN', 'Only owners and admins of a team manage its members.');
    return rights;
  }
}

async function userOf(tx: Tx, { userId, email = '' }: NewTeamMember): Promise<string> {
  if (userId !== undefined) return userId;
  const [user] = await tx.run(findUserByEmail(email));
  if (user) return user.userId;
  const detail = 'There is no such user.';
  throw new Fault('RULE_VIOLATED', detail, { errors: [{ path: 'email', message: detail, code: 'RULE_VIOLATED' }] });
}

/** Only an owner may grant, change or revoke the role of owner. */
function requireOwner(rights: TeamRights, ...roles: string[]): void {
  if (!rights.owns && roles.includes('owner')) {
    throw new Fault('FORBIDDEN', 'Only an owner of the team makes, changes or removes an owner.');
  }
}

async function find(tx: Tx, teamId: string, userId: string): Promise<MemberRow> {
  const [row] = await tx.run(getMember(teamId, userId));
  if (!row) throw new Fault('NOT_FOUND', NO_MEMBER);
  return row;
}
