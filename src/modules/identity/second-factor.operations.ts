import { ById } from '../../platform/operations/by-id.js';
import type { Call, Result } from '../../platform/operations/operation.js';
import { Operation, Operations, json } from '../../platform/operations/operation.js';
import { RecoveryCodes, SecondFactorCode, SecondFactorSecret, SecondFactorStart } from './second-factor.dto.js';
import { SecondFactorService } from './second-factor.service.js';

@Operations('identity')
export class SecondFactorOperations {
  constructor(private readonly factors: SecondFactorService) {}

  @Operation({
    summary: 'Get the secret of a second factor for your logins',
    message: 'Second factor started',
    description: 'Logins ask for its codes once it is confirmed. Until then another call replaces it.',
    kind: 'action',
    guard: 'none',
    permission: 'signed-in',
    input: SecondFactorStart,
    returns: SecondFactorSecret,
    faults: ['RULE_VIOLATED', 'CONFLICT', 'ACCOUNT_LOCKED'],
    rest: 'POST /auth/second-factor',
    graphql: 'startSecondFactor',
  })
  async startSecondFactor({ session, input }: Call): Promise<Result> {
    return json(await this.factors.start(session, input));
  }

  @Operation({
    summary: 'Confirm your second factor with a code; returns your recovery codes',
    message: 'Second factor confirmed',
    kind: 'action',
    guard: 'none',
    permission: 'signed-in',
    input: SecondFactorCode,
    returns: RecoveryCodes,
    faults: ['RULE_VIOLATED', 'CONFLICT'],
    rest: 'POST /auth/second-factor/confirm',
    graphql: 'confirmSecondFactor',
  })
  async confirmSecondFactor({ session, input }: Call): Promise<Result> {
    return json(await this.factors.confirm(session, input));
  }

  @Operation({
    summary: 'Replace your recovery codes',
    message: 'Recovery codes replaced',
    description: 'Needs a code. A wrong one counts like a wrong password.',
    kind: 'action',
    guard: 'none',
    permission: 'signed-in',
    input: SecondFactorCode,
    returns: RecoveryCodes,
    faults: ['RULE_VIOLATED', 'CONFLICT', 'ACCOUNT_LOCKED'],
    rest: 'POST /auth/second-factor/recovery-codes',
    graphql: 'replaceRecoveryCodes',
  })
  async replaceRecoveryCodes({ session, input }: Call): Promise<Result> {
    return json(await this.factors.renewCodes(session, input));
  }

  @Operation({
    summary: 'Remove your second factor',
    message: 'Second factor removed',
    description: 'Needs a code. A wrong one counts like a wrong password.',
    kind: 'action',
    guard: 'none',
    permission: 'signed-in',
    input: SecondFactorCode,
    faults: ['RULE_VIOLATED', 'CONFLICT', 'ACCOUNT_LOCKED'],
    rest: 'POST /auth/second-factor/remove',
    graphql: 'removeSecondFactor',
  })
  removeSecondFactor({ session, input }: Call): Promise<void> {
    return this.factors.remove(session, input);
  }

  @Operation({
    summary: 'Remove the second factor of a user who has lost it (admins)',
    message: 'Second factor removed',
    kind: 'delete',
    guard: 'none',
    permission: '*',
    params: ById,
    faults: ['NOT_FOUND'],
    rest: 'DELETE /users/{id}/second-factor',
    graphql: 'removeSecondFactorOfUser',
  })
  removeSecondFactorOfUser({ session, params }: Call<ById>): Promise<void> {
    return this.factors.removeOf(session, params.id);
  }
}
