import { ById } from '../../platform/operations/by-id.js';
import type { Call } from '../../platform/operations/operation.js';
import { Operation, Operations } from '../../platform/operations/operation.js';
import { ErasureConfirmation } from './erasure.dto.js';
import { ErasureService } from './erasure.service.js';

const WHAT_HAPPENS =
  'Credentials, logins, identities, the personal team and teams without other members go with the account. What other teams keep no longer names the person. It cannot be undone.';

@Operations('privacy')
export class PrivacyOperations {
  constructor(private readonly erasures: ErasureService) {}

  @Operation({
    summary: 'Erase your account and what the service holds about you',
    message: 'Account erased',
    description: `${WHAT_HAPPENS} Refused while you are the last owner of a team with other members, or the last administrator.`,
    kind: 'delete',
    guard: 'none',
    permission: 'signed-in',
    input: ErasureConfirmation,
    inputIsOptional: true,
    faults: ['RULE_VIOLATED', 'ACCOUNT_LOCKED'],
    rest: 'DELETE /me',
    graphql: 'deleteMe',
  })
  deleteMe({ session, input }: Call): Promise<void> {
    return this.erasures.eraseSelf(session, input);
  }

  @Operation({
    summary: 'Erase a user (admins)',
    message: 'User erased',
    description: WHAT_HAPPENS,
    kind: 'delete',
    guard: 'none',
    permission: '*',
    params: ById,
    faults: ['NOT_FOUND', 'RULE_VIOLATED'],
    rest: 'DELETE /users/{id}',
    graphql: { field: 'deleteUser', arguments: { id: 'userId' } },
  })
  deleteUser({ session, params }: Call<ById>): Promise<void> {
    return this.erasures.erase(session, params.id);
  }
}
