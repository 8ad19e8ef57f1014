import { Described } from '../../platform/schema/description.js';
import { ById } from '../../platform/operations/by-id.js';
import { Choice, EmailAddress, Flag, Integer, JsonObject, Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import { partial, patchOf, pick } from '../../platform/schema/mapped-types.js';
import type { TeamRole } from './team.values.js';
import { TEAM_ROLES } from './team.values.js';

@Described('A team. Every task belongs to one and is visible to its members.')
export class Team {
  @Uuid({ description: 'Identifier (UUID); it never changes.', readOnly: true, filters: ['equal'] })
  id: string;

  @Text({
    description: 'Name that people see; it need not be unique.',
    min: 1,
    max: 100,
    pattern: /\S/,
    patternMessage: 'name must not be blank',
    filters: ['equal'],
    sortable: true,
    example: 'Platform',
  })
  name: string;

  @Text({ description: 'What the team is about.', max: 10_000, nullable: true })
  description: string | null;

  @Uuid({ description: 'Its first owner; only this one can delete it.', readOnly: true, filters: ['equal'] })
  ownerId: string;

  @Flag({ description: 'The team that everyone has for themselves.', readOnly: true, filters: ['equal'] })
  isPersonal: boolean;

  @JsonObject({ description: 'Data of your own; kept as it is.', default: {} })
  metadata: Record<string, unknown>;

  @Integer({ description: 'Counts every change; the ETag.', min: 1, max: 2_147_483_647, readOnly: true })
  version: number;

  @Timestamp({ description: 'When it was created.', readOnly: true, filters: ['range'], sortable: true })
  createdAt: string;

  @Timestamp({ description: 'When it last changed.', readOnly: true, filters: ['range'], sortable: true })
  updatedAt: string;
}

@Described('A change of a team: a JSON merge patch (RFC 7396), in which null resets a field.')
export class TeamPatch extends patchOf(pick(Team, ['name', 'description', 'metadata'] as const)) {}

@Described('A team to create. Its creator owns it.')
export class NewTeam extends partial(pick(Team, ['description', 'metadata'] as const)) {
  @Text({
    description: 'Name that people see; it need not be unique.',
    min: 1,
    max: 100,
    pattern: /\S/,
    patternMessage: 'name must not be blank',
    example: 'Platform',
  })
  name: string;
}

@Described('A member of a team, with the role in it.')
export class TeamMember {
  @Uuid({ description: 'User who is the member.', readOnly: true, filters: ['equal'] })
  userId: string;

  @Uuid({ description: 'Team that the user is a member of.', readOnly: true })
  teamId: string;

  @Text({ description: 'Name to log in with; unique in the service.', max: 100, readOnly: true, sortable: true })
  username: string;

  @Text({ description: 'Name of the user that other people see.', max: 100, readOnly: true, sortable: true })
  name: string;

  @Text({ description: 'E-mail address.', max: 255, format: 'email', readOnly: true })
  email: string;

  @Choice({
    description: 'Owners and admins manage the team; only an owner makes or removes an owner.',
    values: TEAM_ROLES,
    default: 'member',
    filters: ['equal'],
    sortable: true,
  })
  role: TeamRole;

  @Integer({
    description: 'Counts every change of the membership; the ETag.',
    min: 1,
    max: 2_147_483_647,
    readOnly: true,
  })
  version: number;

  @Timestamp({ description: 'When the user became a member.', readOnly: true, filters: ['range'], sortable: true })
  joinedAt: string;
}

@Described('A new role of a member.')
export class TeamMemberPatch extends pick(TeamMember, ['role'] as const) {
  @Choice({ description: 'The new role. Only an owner makes or removes an owner.', values: TEAM_ROLES })
  override role: TeamRole;
}

@Described('A user to add to a team, by id or e-mail address.')
export class NewTeamMember {
  @Uuid({ description: 'The user; this or email.', optional: true })
  userId?: string;

  @EmailAddress({ description: 'E-mail address of a user; this or userId.', optional: true })
  email?: string;

  @Choice({ description: 'Place in the team.', values: TEAM_ROLES, default: 'member', optional: true })
  role?: TeamRole;
}

/** The address of a team member in a path. */
export class MemberAddress extends ById {
  @Uuid({ description: 'Identifier of the user.' })
  userId: string;
}
