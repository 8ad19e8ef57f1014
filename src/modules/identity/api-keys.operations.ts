import { ById } from '../../platform/operations/by-id.js';
import type { Call, ListCall, Result } from '../../platform/operations/operation.js';
import { Operation, Operations } from '../../platform/operations/operation.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { ApiKey, NewApiKey, Rotation, ShownApiKey } from './api-key.dto.js';
import type { MadeApiKey } from './api-keys.service.js';
import { ApiKeysService } from './api-keys.service.js';
import { apiKeyListRules } from './identity.rules.js';

const shown = ({ id, version, data, key }: MadeApiKey): Result => ({
  id,
  version,
  data: `${data.slice(0, -1)},"key":${JSON.stringify(key)}}`,
});

// Use changes lastUsedAt without a new version.
const versioned = 'partly';

@Operations('identity')
export class ApiKeysOperations {
  constructor(private readonly keys: ApiKeysService) {}

  @Operation({
    summary: 'List your API keys',
    kind: 'list',
    permission: 'signed-in',
    list: apiKeyListRules,
    returns: [ApiKey],
    rest: 'GET /api-keys',
    graphql: 'apiKeys',
  })
  listApiKeys({ session, list }: ListCall): Promise<ListPage> {
    return this.keys.list(session, list);
  }

  @Operation({
    summary: 'Get an API key, without its secret',
    kind: 'read',
    permission: 'signed-in',
    params: ById,
    returns: ApiKey,
    versioned,
    faults: ['NOT_FOUND'],
    rest: 'GET /api-keys/{id}',
    graphql: 'apiKey',
  })
  getApiKey({ session, params }: Call<ById>): Promise<Result> {
    return this.keys.get(session, params.id);
  }

  @Operation({
    summary: 'Make an API key; it is shown once',
    description: 'A credential with scopes cannot make one. A repeated answer (Idempotency-Key) shows no key.',
    kind: 'create',
    permission: 'signed-in',
    input: NewApiKey,
    returns: ShownApiKey,
    versioned,
    faults: ['NOT_FOUND', 'AMBIGUOUS_PROJECT', 'RULE_VIOLATED'],
    rest: { route: 'POST /api-keys', location: ({ id }) => `/api-keys/${id}` },
    graphql: 'createApiKey',
  })
  async createApiKey({ session, input }: Call): Promise<Result> {
    return shown(await this.keys.create(session, input));
  }

  @Operation({
    summary: 'Make the successor of an API key; the old one works on for a while',
    description: 'The successor has the same name, scopes, project and lifetime. A repeated answer shows no key.',
    kind: 'create',
    guard: 'version',
    permission: 'signed-in',
    params: ById,
    input: Rotation,
    inputIsOptional: true,
    returns: ShownApiKey,
    versioned,
    faults: ['NOT_FOUND', 'VERSION_MISMATCH', 'CONFLICT'],
    rest: { route: 'POST /api-keys/{id}/rotate', location: ({ id }) => `/api-keys/${id}` },
    graphql: 'rotateApiKey',
  })
  async rotateApiKey({ session, params, version, input }: Call<ById>): Promise<Result> {
    return shown(await this.keys.rotate(session, params.id, version, input));
  }

  @Operation({
    summary: 'Revoke an API key; it is refused from the next request on',
    kind: 'delete',
    permission: 'signed-in',
    params: ById,
    faults: ['NOT_FOUND', 'VERSION_MISMATCH'],
    rest: 'DELETE /api-keys/{id}',
    graphql: 'revokeApiKey',
  })
  revokeApiKey({ session, params, version }: Call<ById>): Promise<void> {
    return this.keys.revoke(session, params.id, version);
  }
}
