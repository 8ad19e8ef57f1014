import { Resolver } from '@nestjs/graphql';
import type { Call, Connection } from '../../platform/graphql/call.js';
import { ID_ARGUMENT, Lists, Reads, Writes, ids, inputOf } from '../../platform/graphql/operations.js';
import type { Row } from '../../platform/graphql/related.js';
import { TeamMembersService } from './team-members.service.js';
import './team.relations.js';
import { NewTeam, NewTeamMember, Team, TeamMember, TeamMemberPatch, TeamPatch } from './team.dto.js';
import { memberListRules, teamListRules } from './team.rules.js';
import { TeamsService } from './teams.service.js';

const TEAM = ids('teamId');
const MEMBER = ids('teamId', 'userId');

@Resolver()
export class TeamsResolver {
  constructor(
    private readonly service: TeamsService,
    private readonly members: TeamMembersService,
  ) {}

  @Reads('tasks:read', 'A team.', { returns: Team, args: ID_ARGUMENT })
  team(call: Call): Promise<Row> {
    return call.row(Team, this.service.get(call.session, call.id, call.columns(Team)));
  }

  @Lists('tasks:read', 'Your teams.', teamListRules)
  teams(call: Call): Promise<Connection> {
    return call.page(Team, this.service.list(call.session, call.list(teamListRules)));
  }

  @Lists('tasks:read', 'The members of a team.', memberListRules, TEAM)
  teamMembers(call: Call): Promise<Connection> {
    const { session } = call;
    return call.page(TeamMember, this.members.list(session, call.uuid('teamId'), call.list(memberListRules)));
  }

  @Writes('tasks:write', 'Creates a team; you own it.', { returns: Team, args: inputOf(NewTeam), kind: 'create' })
  createTeam(call: Call): Promise<Row> {
    return call.row(Team, this.service.create(call.session, call.input));
  }

  @Writes('tasks:write', 'Changes a team that you manage: what is named is set, null resets.', {
    returns: Team,
    args: { ...ID_ARGUMENT, ...inputOf(TeamPatch) },
    kind: 'update',
  })
  updateTeam(call: Call): Promise<Row> {
    return call.row(Team, this.service.patch(call.session, call.id, call.ifMatch, call.input));
  }

  @Writes('tasks:write', 'Deletes a team of yours in which nothing is left.', {
    returns: null,
    args: ID_ARGUMENT,
    kind: 'update',
  })
  deleteTeam(call: Call): Promise<true> {
    return call.done(this.service.remove(call.session, call.id, call.ifMatch));
  }

  @Writes('tasks:write', 'Adds a user to a team that you manage.', {
    returns: TeamMember,
    args: { ...TEAM, ...inputOf(NewTeamMember) },
    kind: 'create',
  })
  addTeamMember(call: Call): Promise<Row> {
    return call.row(TeamMember, this.members.add(call.session, call.uuid('teamId'), call.input));
  }

  @Writes('tasks:write', 'Changes the role of a member.', {
    returns: TeamMember,
    args: { ...MEMBER, ...inputOf(TeamMemberPatch) },
    kind: 'change',
  })
  updateTeamMember(call: Call): Promise<Row> {
    const [team, user] = [call.uuid('teamId'), call.uuid('userId')];
    return call.row(TeamMember, this.members.change(call.session, team, user, call.input));
  }

  @Writes('tasks:write', 'Takes a member out of a team; tasks assigned to them stay, unassigned.', {
    returns: null,
    args: MEMBER,
    kind: 'change',
  })
  removeTeamMember(call: Call): Promise<true> {
    return call.done(this.members.remove(call.session, call.uuid('teamId'), call.uuid('userId')));
  }
}
