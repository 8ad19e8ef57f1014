import { Resolver } from '@nestjs/graphql';
import type { Call, Connection } from '../../platform/graphql/call.js';
import { ID_ARGUMENT, Lists, Reads, Writes, inputOf } from '../../platform/graphql/operations.js';
import type { Row } from '../../platform/graphql/related.js';
import { ApiKey, NewApiKey, Rotation, ShownApiKey } from './api-key.dto.js';
import { ApiKeysService } from './api-keys.service.js';
import { Me } from './identity.dto.js';
import { apiKeyListRules, roleListRules, userListRules } from './identity.rules.js';
import { LoginService } from './login.service.js';
import './user.relations.js';
import { NewUser, Role, User, UserPatch } from './user.dto.js';
import { UsersService } from './users.service.js';

@Resolver()
export class IdentityResolver {
  constructor(
    private readonly service: UsersService,
    private readonly keys: ApiKeysService,
    private readonly logins: LoginService,
  ) {}

  @Reads(null, 'The user of this credential, its permissions and teams.', { returns: Me })
  async me(call: Call): Promise<Row> {
    return call.value(Me, await this.logins.me(call.session));
  }

  @Reads(null, 'A user.', { returns: User, args: ID_ARGUMENT })
  user(call: Call): Promise<Row> {
    return call.row(User, this.service.get(call.session, call.id, call.columns(User)));
  }

  @Lists(null, 'Yourself and your team mates; everybody for an admin.', userListRules)
  users(call: Call): Promise<Connection> {
    return call.page(User, this.service.list(call.session, call.list(userListRules)));
  }

  @Reads(null, 'A role.', { returns: Role, args: ID_ARGUMENT })
  role(call: Call): Promise<Row> {
    return call.row(Role, this.service.role(call.session, call.id));
  }

  @Lists(null, 'The roles.', roleListRules)
  roles(call: Call): Promise<Connection> {
    return call.page(Role, this.service.roles(call.session, call.list(roleListRules)));
  }

  @Lists(null, 'Your API keys.', apiKeyListRules)
  apiKeys(call: Call): Promise<Connection> {
    return call.page(ApiKey, this.keys.list(call.session, call.list(apiKeyListRules)));
  }

  @Writes('*', 'Creates a user.', { returns: User, args: inputOf(NewUser), kind: 'create' })
  createUser(call: Call): Promise<Row> {
    return call.row(User, this.service.create(call.session, call.input));
  }

  @Writes(null, 'Changes a user: yourself, or anybody for an admin.', {
    returns: User,
    args: { ...ID_ARGUMENT, ...inputOf(UserPatch) },
    kind: 'update',
  })
  updateUser(call: Call): Promise<Row> {
    return call.row(User, this.service.patch(call.session, call.id, call.ifMatch, call.input));
  }

  @Writes(null, 'Makes an API key; it is shown once.', {
    returns: ShownApiKey,
    args: inputOf(NewApiKey),
    kind: 'create',
  })
  async createApiKey(call: Call): Promise<Row> {
    const { data, key } = await this.keys.create(call.session, call.input);
    return { ...(JSON.parse(data) as Row), key };
  }

  @Writes(null, 'Makes the successor of an API key; the old one works on for a while.', {
    returns: ShownApiKey,
    args: { ...ID_ARGUMENT, ...inputOf(Rotation, false) },
    kind: 'create',
  })
  async rotateApiKey(call: Call): Promise<Row> {
    const { data, key } = await this.keys.rotate(call.session, call.id, call.input);
    return { ...(JSON.parse(data) as Row), key };
  }

  @Writes(null, 'Revokes an API key; it is refused from the next request on.', {
    returns: null,
    args: ID_ARGUMENT,
    kind: 'change',
  })
  revokeApiKey(call: Call): Promise<true> {
    return call.done(this.keys.revoke(call.session, call.id));
  }
}
