import { ById } from '../../platform/operations/by-id.js';
import type { Call, ListCall } from '../../platform/operations/operation.js';
import { Operation, Operations } from '../../platform/operations/operation.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { OauthGrant } from './oauth-grant.dto.js';
import { OauthGrantsService, grantListRules } from './oauth-grants.service.js';

@Operations('oauth')
export class OauthGrantsOperations {
  constructor(private readonly grants: OauthGrantsService) {}

  @Operation({
    summary: 'List the OAuth clients that you have allowed',
    kind: 'list',
    permission: 'signed-in',
    list: grantListRules,
    returns: [OauthGrant],
    rest: 'GET /oauth/grants',
    graphql: 'oauthGrants',
  })
  listOauthGrants({ session, list }: ListCall): Promise<ListPage> {
    return this.grants.list(session, list);
  }

  @Operation({
    summary: 'Revoke what you have allowed to an OAuth client; its tokens end at once',
    message: 'Grant revoked',
    kind: 'delete',
    guard: 'none',
    permission: 'signed-in',
    params: ById,
    faults: ['NOT_FOUND'],
    rest: 'DELETE /oauth/grants/{id}',
    graphql: 'revokeOauthGrant',
  })
  revokeOauthGrant({ session, params }: Call<ById>): Promise<void> {
    return this.grants.revoke(session, params.id);
  }
}
