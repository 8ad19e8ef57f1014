import { ById } from '../../platform/operations/by-id.js';
import type { Call, ListCall, Result } from '../../platform/operations/operation.js';
import { Operation, Operations } from '../../platform/operations/operation.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { Me, MePatch, PasswordChange } from './identity.dto.js';
import { userListRules } from './identity.rules.js';
import { AccountsService } from './accounts.service.js';
import { PasswordService } from './password.service.js';
import { ProfileService } from './profile.service.js';
import { NewUser, User, UserPatch } from './user.dto.js';
import { UsersService } from './users.service.js';

@Operations('identity')
export class UsersOperations {
  constructor(
    private readonly users: UsersService,
    private readonly profiles: ProfileService,
    private readonly passwords: PasswordService,
    private readonly accounts: AccountsService,
  ) {}

  @Operation({
    summary: 'The user of this credential, its permissions and teams',
    message: 'Profile retrieved',
    kind: 'read',
    permission: 'signed-in',
    returns: Me,
    rest: 'GET /auth/me',
    graphql: 'me',
    tool: 'who_am_i',
  })
  async getMe({ session }: Call): Promise<Result> {
    return { data: await this.profiles.get(session) };
  }

  @Operation({
    summary: 'Change your name, language, time zone and default team (JSON merge patch)',
    message: 'Profile updated',
    description:
      'A project that is named without its team is first looked for in the default team. What names neither belongs to it, and next and claim look in it alone. It is the personal team again when the membership ends.',
    kind: 'update',
    guard: 'none',
    permission: 'signed-in',
    input: MePatch,
    returns: Me,
    faults: ['RULE_VIOLATED'],
    rest: 'PATCH /auth/me',
    graphql: 'updateMe',
  })
  async updateMe({ session, input }: Call): Promise<Result> {
    return { data: await this.profiles.patch(session, input) };
  }

  @Operation({
    summary: 'Change your password; it ends your other login sessions',
    message: 'Password changed',
    description: 'A wrong current password counts like a wrong login: ten lock the account for 15 minutes.',
    kind: 'action',
    guard: 'none',
    permission: 'signed-in',
    input: PasswordChange,
    faults: ['RULE_VIOLATED', 'ACCOUNT_LOCKED'],
    rest: 'POST /auth/password',
    graphql: 'changePassword',
  })
  changePassword({ session, input }: Call): Promise<void> {
    return this.passwords.change(session, input);
  }

  @Operation({
    summary: 'Have another link mailed that verifies your e-mail address',
    message: 'Mail sent',
    description: 'At most once in a minute.',
    kind: 'action',
    guard: 'none',
    permission: 'signed-in',
    faults: ['RULE_VIOLATED'],
    rest: 'POST /auth/verify-email/resend',
    graphql: 'requestEmailVerification',
  })
  requestEmailVerification({ session }: Call): Promise<void> {
    return this.accounts.requestVerification(session);
  }

  @Operation({
    summary: 'List yourself and your team mates; everybody for an admin',
    kind: 'list',
    permission: 'signed-in',
    list: userListRules,
    returns: [User],
    rest: 'GET /users',
    graphql: 'users',
    tool: 'list_users',
  })
  listUsers({ session, list }: ListCall): Promise<ListPage> {
    return this.users.list(session, list);
  }

  @Operation({
    summary: 'Create a user (admins)',
    kind: 'create',
    permission: '*',
    input: NewUser,
    returns: User,
    faults: ['ALREADY_EXISTS', 'RULE_VIOLATED'],
    rest: { route: 'POST /users', location: ({ id }) => `/users/${id}` },
    graphql: 'createUser',
  })
  createUser({ session, input }: Call): Promise<Result> {
    return this.users.create(session, input);
  }

  @Operation({
    summary: 'Get a user',
    kind: 'read',
    permission: 'signed-in',
    params: ById,
    returns: User,
    sparse: true,
    versioned: true,
    faults: ['NOT_FOUND'],
    rest: 'GET /users/{id}',
    graphql: 'user',
  })
  getUser({ session, params, fields }: Call<ById>): Promise<Result> {
    return this.users.get(session, params.id, fields);
  }

  @Operation({
    summary: 'Change a user (JSON merge patch): yourself, or anybody for an admin',
    kind: 'update',
    permission: 'signed-in',
    params: ById,
    input: UserPatch,
    returns: User,
    faults: ['NOT_FOUND', 'VERSION_MISMATCH', 'ALREADY_EXISTS', 'RULE_VIOLATED'],
    rest: 'PATCH /users/{id}',
    graphql: 'updateUser',
  })
  updateUser({ session, params, version, input }: Call<ById>): Promise<Result> {
    return this.users.patch(session, params.id, version, input);
  }
}
