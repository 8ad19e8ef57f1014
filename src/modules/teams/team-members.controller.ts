import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Req } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { CurrentSession, Needs } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import type { Answer } from '../../platform/http/answer.js';
import { onlyParameters } from '../../platform/http/conditional.js';
import { Describe } from '../../platform/http/describe.js';
import { uuidParameter } from '../../platform/http/parameters.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { createdAnswer, listAnswer, rowAnswer } from '../../platform/http/rows.js';
import { parseList } from '../../platform/schema/list-query.js';
import { NewTeamMember, TeamMember, TeamMemberPatch } from './team.dto.js';
import { memberListRules } from './team.rules.js';
import { TeamMembersService } from './team-members.service.js';

@ApiTags('teams')
@Controller('teams/:id/members')
export class TeamMembersController {
  constructor(private readonly members: TeamMembersService) {}

  @Get()
  @Needs('tasks:read')
  @Describe({
    summary: 'List the members of a team',
    list: memberListRules,
    returns: [TeamMember],
    faults: ['NOT_FOUND'],
  })
  async list(@CurrentSession() session: Session, @Req() request: ApiRequest, @Param('id') id: string): Promise<Answer> {
    return listAnswer(
      await this.members.list(session, uuidParameter('id', id), parseList(memberListRules, request.query)),
    );
  }

  @Post()
  @Needs('tasks:write')
  @ApiBody({ type: NewTeamMember })
  @Describe({
    summary: 'Add a user to a team that you manage',
    returns: TeamMember,
    status: 201,
    write: 'create',
    faults: ['NOT_FOUND', 'ALREADY_EXISTS', 'RULE_VIOLATED'],
  })
  async add(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    onlyParameters(request);
    const teamId = uuidParameter('id', id);
    const row = await this.members.add(session, teamId, body);
    return createdAnswer(row, `/api/v1/teams/${teamId}/members/${row.id}`);
  }

  @Patch(':userId')
  @Needs('tasks:write')
  @ApiBody({ type: TeamMemberPatch })
  @Describe({
    summary: 'Change the role of a member',
    returns: TeamMember,
    write: 'change',
    faults: ['NOT_FOUND', 'RULE_VIOLATED'],
  })
  async change(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Param('userId') userId: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    onlyParameters(request);
    const [team, user] = [uuidParameter('id', id), uuidParameter('userId', userId)];
    return rowAnswer(await this.members.change(session, team, user, body));
  }

  @Delete(':userId')
  @HttpCode(204)
  @Needs('tasks:write')
  @Describe({
    summary: 'Take a member out of a team; tasks assigned to them stay, unassigned',
    status: 204,
    write: 'change',
    faults: ['NOT_FOUND', 'RULE_VIOLATED'],
  })
  async remove(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Param('userId') userId: string,
  ): Promise<void> {
    onlyParameters(request);
    await this.members.remove(session, uuidParameter('id', id), uuidParameter('userId', userId));
  }
}
