import { ById } from '../../platform/operations/by-id.js';
import type { Call, ListCall, Result } from '../../platform/operations/operation.js';
import { Operation, Operations } from '../../platform/operations/operation.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { Invite, InviteRenewal, NewInvite } from './invite.dto.js';
import { InvitesService, inviteListRules } from './invites.service.js';

@Operations('invites')
export class InvitesOperations {
  constructor(private readonly invites: InvitesService) {}

  @Operation({
    summary: 'Invite somebody by e-mail',
    message: 'Invitation sent',
    description:
      'Owners and admins invite to their team; administrators invite to the service, too. The answer is the same whether or not the address has an account. Membership begins when the person accepts.',
    kind: 'create',
    permission: 'tasks:write',
    input: NewInvite,
    returns: Invite,
    faults: ['NOT_FOUND', 'ALREADY_EXISTS', 'RULE_VIOLATED'],
    rest: { route: 'POST /auth/invite', location: ({ id }) => `/invites/${id}` },
    graphql: 'createInvite',
    tool: 'invite_member',
  })
  createInvite({ session, input }: Call): Promise<Result> {
    return this.invites.create(session, input);
  }

  @Operation({
    summary: 'List the invitations of your teams',
    kind: 'list',
    permission: 'tasks:read',
    list: inviteListRules,
    returns: [Invite],
    faults: ['NOT_FOUND'],
    rest: 'GET /invites',
    graphql: 'invites',
  })
  listInvites({ session, list }: ListCall): Promise<ListPage> {
    return this.invites.list(session, list);
  }

  @Operation({
    summary: 'Get an invitation',
    kind: 'read',
    permission: 'tasks:read',
    params: ById,
    returns: Invite,
    sparse: true,
    // It expires without a new version.
    versioned: 'partly',
    faults: ['NOT_FOUND'],
    rest: 'GET /invites/{id}',
    graphql: 'invite',
  })
  getInvite({ session, params, fields }: Call<ById>): Promise<Result> {
    return this.invites.get(session, params.id, fields);
  }

  @Operation({
    summary: 'Send an invitation again, with a new link for seven days',
    message: 'Invitation sent',
    description: 'At most once in a minute. The link of the earlier mail stops working.',
    kind: 'action',
    permission: 'tasks:write',
    params: ById,
    input: InviteRenewal,
    inputIsOptional: true,
    returns: Invite,
    versioned: 'partly',
    faults: ['NOT_FOUND', 'RULE_VIOLATED'],
    rest: 'POST /invites/{id}/resend',
    graphql: 'resendInvite',
  })
  resendInvite({ session, params, input }: Call<ById>): Promise<Result> {
    return this.invites.resend(session, params.id, input);
  }

  @Operation({
    summary: 'Revoke an invitation; it stays in the list',
    message: 'Invitation revoked',
    kind: 'delete',
    guard: 'none',
    permission: 'tasks:write',
    params: ById,
    faults: ['NOT_FOUND', 'RULE_VIOLATED'],
    rest: 'DELETE /invites/{id}',
    graphql: 'revokeInvite',
  })
  revokeInvite({ session, params }: Call<ById>): Promise<void> {
    return this.invites.revoke(session, params.id);
  }
}
