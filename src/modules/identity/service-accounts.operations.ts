import { ById } from '../../platform/operations/by-id.js';
import type { Call, ListCall, Result } from '../../platform/operations/operation.js';
import { Operation, Operations } from '../../platform/operations/operation.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { NewServiceAccount, ServiceAccount, ServiceAccountPatch } from './service-account.dto.js';
import { ServiceAccountsService, serviceAccountListRules } from './service-accounts.service.js';

// Its teams change without a new version of the user.
const versioned = 'partly';

@Operations('identity')
export class ServiceAccountsOperations {
  constructor(private readonly accounts: ServiceAccountsService) {}

  @Operation({
    summary: 'List your service accounts',
    kind: 'list',
    permission: 'signed-in',
    list: serviceAccountListRules,
    returns: [ServiceAccount],
    rest: 'GET /service-accounts',
    graphql: 'serviceAccounts',
  })
  listServiceAccounts({ session, list }: ListCall): Promise<ListPage> {
    return this.accounts.list(session, list);
  }

  @Operation({
    summary: 'Create a service account for an agent of yours',
    description:
      'It gets API keys (`serviceAccountId` of a new key) and no password. What it does is under its own name; its requests count against your limits. A credential with scopes cannot make one, and neither can a service account.',
    kind: 'create',
    permission: 'signed-in',
    input: NewServiceAccount,
    returns: ServiceAccount,
    versioned,
    faults: ['ALREADY_EXISTS', 'RULE_VIOLATED'],
    rest: { route: 'POST /service-accounts', location: ({ id }) => `/service-accounts/${id}` },
    graphql: 'createServiceAccount',
  })
  createServiceAccount({ session, input }: Call): Promise<Result> {
    return this.accounts.create(session, input);
  }

  @Operation({
    summary: 'Get a service account of yours',
    kind: 'read',
    permission: 'signed-in',
    params: ById,
    returns: ServiceAccount,
    versioned,
    faults: ['NOT_FOUND'],
    rest: 'GET /service-accounts/{id}',
    graphql: 'serviceAccount',
  })
  getServiceAccount({ session, params }: Call<ById>): Promise<Result> {
    return this.accounts.get(session, params.id);
  }

  @Operation({
    summary: 'Change a service account of yours (JSON merge patch)',
    description: '`isActive: false` ends it: its keys are refused from the next request on.',
    kind: 'update',
    permission: 'signed-in',
    params: ById,
    input: ServiceAccountPatch,
    returns: ServiceAccount,
    versioned,
    faults: ['NOT_FOUND', 'VERSION_MISMATCH', 'RULE_VIOLATED'],
    rest: 'PATCH /service-accounts/{id}',
    graphql: 'updateServiceAccount',
  })
  updateServiceAccount({ session, params, version, input }: Call<ById>): Promise<Result> {
    return this.accounts.patch(session, params.id, version, input);
  }
}
