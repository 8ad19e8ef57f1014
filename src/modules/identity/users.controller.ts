import { Body, Controller, Get, Param, Patch, Post, Req } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { CurrentSession, Needs, SignedIn } from '../../platform/auth/permission.js';
import type { Session } from '../../platform/auth/session.js';
import type { Answer } from '../../platform/http/answer.js';
import { ifMatch, onlyParameters } from '../../platform/http/conditional.js';
import { Describe } from '../../platform/http/describe.js';
import { uuidParameter } from '../../platform/http/parameters.js';
import type { ApiRequest } from '../../platform/http/request.js';
import { createdAnswer, listAnswer, rowAnswer } from '../../platform/http/rows.js';
import { parseList } from '../../platform/schema/list-query.js';
import { sparse } from '../../platform/schema/sparse.js';
import { roleListRules, userListRules } from './identity.rules.js';
import { NewUser, Role, User, UserPatch } from './user.dto.js';
import { UsersService } from './users.service.js';

@ApiTags('identity')
@Controller()
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get('users')
  @SignedIn()
  @Describe({
    summary: 'List yourself and your team mates; everybody for an admin',
    list: userListRules,
    returns: [User],
  })
  async list(@CurrentSession() session: Session, @Req() request: ApiRequest): Promise<Answer> {
    return listAnswer(await this.users.list(session, parseList(userListRules, request.query)));
  }

  @Post('users')
  @Needs('*')
  @ApiBody({ type: NewUser })
  @Describe({
    summary: 'Create a user (admins)',
    returns: User,
    status: 201,
    write: 'create',
    faults: ['ALREADY_EXISTS', 'RULE_VIOLATED'],
  })
  async create(@CurrentSession() session: Session, @Req() request: ApiRequest, @Body() body: unknown): Promise<Answer> {
    onlyParameters(request);
    const row = await this.users.create(session, body);
    return createdAnswer(row, `/api/v1/users/${row.id}`);
  }

  @Get('users/:id')
  @SignedIn()
  @Describe({ summary: 'Get a user', returns: User, sparse: User, conditional: true, faults: ['NOT_FOUND'] })
  async get(@CurrentSession() session: Session, @Req() request: ApiRequest, @Param('id') id: string): Promise<Answer> {
    const { fields } = onlyParameters(request, 'fields');
    return rowAnswer(await this.users.get(session, uuidParameter('id', id), sparse(User, fields)));
  }

  @Patch('users/:id')
  @SignedIn()
  @ApiBody({ type: UserPatch })
  @Describe({
    summary: 'Change a user (JSON merge patch): yourself, or anybody for an admin',
    returns: User,
    write: 'update',
    faults: ['NOT_FOUND', 'VERSION_MISMATCH', 'ALREADY_EXISTS', 'RULE_VIOLATED'],
  })
  async patch(
    @CurrentSession() session: Session,
    @Req() request: ApiRequest,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Answer> {
    onlyParameters(request);
    return rowAnswer(await this.users.patch(session, uuidParameter('id', id), ifMatch(request), body));
  }

  @Get('roles')
  @SignedIn()
  @Describe({ summary: 'List the roles', list: roleListRules, returns: [Role] })
  async roles(@CurrentSession() session: Session, @Req() request: ApiRequest): Promise<Answer> {
    return listAnswer(await this.users.roles(session, parseList(roleListRules, request.query)));
  }

  @Get('roles/:id')
  @SignedIn()
  @Describe({ summary: 'Get a role', returns: Role, faults: ['NOT_FOUND'] })
  async role(@CurrentSession() session: Session, @Req() request: ApiRequest, @Param('id') id: string): Promise<Answer> {
    onlyParameters(request);
    return rowAnswer(await this.users.role(session, uuidParameter('id', id)));
  }
}
