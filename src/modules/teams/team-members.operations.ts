import { ById } from '../../platform/operations/by-id.js';
import type { Call, ListCall, Result } from '../../platform/operations/operation.js';
import { Operation, Operations } from '../../platform/operations/operation.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { MemberAddress, NewTeamMember, TeamMember, TeamMemberPatch } from './team.dto.js';
import { memberListRules } from './team.rules.js';
import { TeamMembersService } from './team-members.service.js';

const OF_TEAM = { id: 'teamId' };
// Name and address are those of the user, and change without a new version of the membership.
const versioned = 'partly';

@Operations('teams')
export class TeamMembersOperations {
  constructor(private readonly members: TeamMembersService) {}

  @Operation({
    summary: 'List the members of a team',
    kind: 'list',
    permission: 'tasks:read',
    params: ById,
    list: memberListRules,
    returns: [TeamMember],
    faults: ['NOT_FOUND'],
    rest: 'GET /teams/{id}/members',
    graphql: { field: 'teamMembers', arguments: OF_TEAM },
  })
  listTeamMembers({ session, params, list }: ListCall<ById>): Promise<ListPage> {
    return this.members.list(session, params.id, list);
  }

  @Operation({
    summary: 'Get a member of a team',
    kind: 'read',
    permission: 'tasks:read',
    params: MemberAddress,
    returns: TeamMember,
    versioned,
    faults: ['NOT_FOUND'],
    rest: 'GET /teams/{id}/members/{userId}',
    graphql: { field: 'teamMember', arguments: OF_TEAM },
  })
  getTeamMember({ session, params }: Call<MemberAddress>): Promise<Result> {
    return this.members.get(session, params.id, params.userId);
  }

  @Operation({
    summary: 'Add a user to a team (admins)',
    description: 'Others cannot: nobody becomes a member without having agreed.',
    kind: 'create',
    permission: '*',
    params: ById,
    input: NewTeamMember,
    returns: TeamMember,
    versioned,
    faults: ['NOT_FOUND', 'ALREADY_EXISTS', 'RULE_VIOLATED'],
    rest: {
      route: 'POST /teams/{id}/members',
      location: ({ id }, params: ById) => `/teams/${params.id}/members/${id}`,
    },
    graphql: { field: 'addTeamMember', arguments: OF_TEAM },
  })
  addTeamMember({ session, params, input }: Call<ById>): Promise<Result> {
    return this.members.add(session, params.id, input);
  }

  @Operation({
    summary: 'Change the role of a member',
    kind: 'update',
    permission: 'tasks:write',
    params: MemberAddress,
    input: TeamMemberPatch,
    returns: TeamMember,
    versioned,
    faults: ['NOT_FOUND', 'VERSION_MISMATCH', 'RULE_VIOLATED'],
    rest: 'PATCH /teams/{id}/members/{userId}',
    graphql: { field: 'updateTeamMember', arguments: OF_TEAM },
  })
  updateTeamMember({ session, params: { id, userId }, version, input }: Call<MemberAddress>): Promise<Result> {
    return this.members.change(session, { teamId: id, userId }, version, input);
  }

  @Operation({
    summary: 'Leave a team, or take a member out of one that you manage',
    description: 'Everyone may leave, except its last owner. Tasks assigned to the member stay, unassigned.',
    kind: 'delete',
    permission: 'signed-in',
    params: MemberAddress,
    faults: ['NOT_FOUND', 'VERSION_MISMATCH', 'RULE_VIOLATED'],
    rest: 'DELETE /teams/{id}/members/{userId}',
    graphql: { field: 'removeTeamMember', arguments: OF_TEAM },
  })
  removeTeamMember({ session, params: { id, userId }, version }: Call<MemberAddress>): Promise<void> {
    return this.members.remove(session, { teamId: id, userId }, version);
  }
}
