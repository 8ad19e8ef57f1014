import type { Call, ListCall, Result } from '../../platform/operations/operation.js';
import { Operation, Operations } from '../../platform/operations/operation.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { Consent, ConsentAddress, NewConsent } from './consent.dto.js';
import { ConsentsService, consentListRules } from './consents.service.js';

@Operations('privacy')
export class ConsentsOperations {
  constructor(private readonly consents: ConsentsService) {}

  @Operation({
    summary: 'List what you agreed to and withdrew, newest first',
    description: 'The newest entry of a purpose says whether the consent is given.',
    kind: 'list',
    permission: 'signed-in',
    list: consentListRules,
    returns: [Consent],
    rest: 'GET /me/consents',
    graphql: 'consents',
  })
  listConsents({ session, list }: ListCall): Promise<ListPage> {
    return this.consents.list(session, list);
  }

  @Operation({
    summary: 'Give a consent',
    message: 'Consent given',
    kind: 'create',
    permission: 'signed-in',
    input: NewConsent,
    returns: Consent,
    versioned: false,
    rest: 'POST /me/consents',
    graphql: 'giveConsent',
  })
  giveConsent({ session, input }: Call): Promise<Result> {
    return this.consents.give(session, input);
  }

  @Operation({
    summary: 'Withdraw a consent; the history keeps that it was given',
    message: 'Consent withdrawn',
    kind: 'delete',
    guard: 'none',
    permission: 'signed-in',
    params: ConsentAddress,
    faults: ['NOT_FOUND'],
    rest: 'DELETE /me/consents/{purpose}',
    graphql: 'withdrawConsent',
  })
  withdrawConsent({ session, params }: Call<ConsentAddress>): Promise<void> {
    return this.consents.withdraw(session, params.purpose);
  }
}
