import { ById } from '../../platform/operations/by-id.js';
import type { Call, ListCall, Result } from '../../platform/operations/operation.js';
import { Operation, Operations } from '../../platform/operations/operation.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { NewUserIdentity, UserIdentity, UserIdentityAddress } from './user-identity.dto.js';
import { identityListRules } from './user-identity.rules.js';
import { UserIdentitiesService } from './user-identities.service.js';

const OF_USER = { id: 'userId' };

@Operations('identity')
export class UserIdentitiesOperations {
  constructor(private readonly identities: UserIdentitiesService) {}

  @Operation({
    summary: 'List the identities by which other issuers know you; those of anybody for an admin',
    kind: 'list',
    permission: 'signed-in',
    params: ById,
    list: identityListRules,
    returns: [UserIdentity],
    faults: ['NOT_FOUND'],
    rest: 'GET /users/{id}/identities',
    graphql: { field: 'userIdentities', arguments: OF_USER },
  })
  listUserIdentities({ session, params, list }: ListCall<ById>): Promise<ListPage> {
    return this.identities.list(session, params.id, list);
  }

  @Operation({
    summary: 'Link an identity of another issuer with a user (admins)',
    message: 'Identity linked',
    description:
      'For service tokens, which have no e-mail address. A person whom Cloudflare Access admits is linked at the first sign-in. A user has one identity of each issuer.',
    kind: 'create',
    permission: '*',
    params: ById,
    input: NewUserIdentity,
    returns: UserIdentity,
    versioned: false,
    faults: ['NOT_FOUND', 'ALREADY_EXISTS', 'RULE_VIOLATED'],
    rest: 'POST /users/{id}/identities',
    graphql: { field: 'linkUserIdentity', arguments: OF_USER },
  })
  linkUserIdentity({ session, params, input }: Call<ById>): Promise<Result> {
    return this.identities.link(session, params.id, input);
  }

  @Operation({
    summary: 'Remove an identity of a user (admins)',
    message: 'Identity removed',
    description:
      'Sessions that it started end at once, and the tokens that they belong to start none again. With a new token, a person is linked anew.',
    kind: 'delete',
    guard: 'none',
    permission: '*',
    params: UserIdentityAddress,
    faults: ['NOT_FOUND'],
    rest: 'DELETE /users/{id}/identities/{identityId}',
    graphql: { field: 'removeUserIdentity', arguments: OF_USER },
  })
  removeUserIdentity({ session, params: { id, identityId } }: Call<UserIdentityAddress>): Promise<void> {
    return this.identities.remove(session, id, identityId);
  }
}
