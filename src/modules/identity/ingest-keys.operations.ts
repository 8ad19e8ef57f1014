import type { FaultCode } from '../../platform/faults/catalogue.js';
import { ById } from '../../platform/operations/by-id.js';
import type { Call, ListCall, Result } from '../../platform/operations/operation.js';
import { Operation, Operations } from '../../platform/operations/operation.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { IngestKey, IngestKeyPatch, NewIngestKey, OfProject, ShownIngestKey } from './ingest-key.dto.js';
import { IngestKeysService, ingestKeyListRules } from './ingest-keys.service.js';

const FAULTS: readonly FaultCode[] = ['NOT_FOUND', 'AMBIGUOUS_PROJECT'];

// Use changes lastUsedAt without a new version.
const versioned = 'partly';

@Operations('identity')
export class IngestKeysOperations {
  constructor(private readonly keys: IngestKeysService) {}

  @Operation({
    summary: 'List the ingest keys of a project; for those who manage its team',
    kind: 'list',
    permission: 'tasks:read',
    params: OfProject,
    list: ingestKeyListRules,
    returns: [IngestKey],
    faults: FAULTS,
    rest: 'GET /projects/{key}/ingest-keys',
    graphql: 'ingestKeys',
  })
  listIngestKeys({ session, params, list }: ListCall<OfProject>): Promise<ListPage> {
    return this.keys.list(session, params, list);
  }

  @Operation({
    summary: 'Make an ingest key of a project; it is shown once',
    description:
      'It may be shipped in a client: it reports errors and validations of this project and does nothing else, whatever the rights of the one who makes it. For those who manage the team. A credential with scopes cannot make one. A repeated answer (Idempotency-Key) shows no key.',
    kind: 'create',
    permission: 'tasks:write',
    params: OfProject,
    input: NewIngestKey,
    returns: ShownIngestKey,
    versioned,
    faults: [...FAULTS, 'RULE_VIOLATED'],
    rest: { route: 'POST /projects/{key}/ingest-keys', location: ({ id }) => `/ingest-keys/${id}` },
    graphql: 'createIngestKey',
  })
  async createIngestKey({ session, params, input }: Call<OfProject>): Promise<Result> {
    const { id, version, data, key } = await this.keys.create(session, params, input);
    return { id, version, data: `${data.slice(0, -1)},"key":${JSON.stringify(key)}}` };
  }

  @Operation({
    summary: 'Get an ingest key, without its secret',
    kind: 'read',
    permission: 'tasks:read',
    params: ById,
    returns: IngestKey,
    versioned,
    faults: ['NOT_FOUND'],
    rest: 'GET /ingest-keys/{id}',
    graphql: 'ingestKey',
  })
  getIngestKey({ session, params }: Call<ById>): Promise<Result> {
    return this.keys.get(session, params.id);
  }

  @Operation({
    summary: 'Change an ingest key (JSON merge patch)',
    description: 'Other instances of the service may still go by its earlier list of origins and limit for a minute.',
    kind: 'update',
    permission: 'tasks:write',
    params: ById,
    input: IngestKeyPatch,
    returns: IngestKey,
    versioned,
    faults: ['NOT_FOUND', 'VERSION_MISMATCH', 'RULE_VIOLATED'],
    rest: 'PATCH /ingest-keys/{id}',
    graphql: 'updateIngestKey',
  })
  updateIngestKey({ session, params, version, input }: Call<ById>): Promise<Result> {
    return this.keys.patch(session, params.id, version, input);
  }

  @Operation({
    summary: 'Revoke an ingest key; it is refused from the next request on',
    kind: 'delete',
    permission: 'tasks:write',
    params: ById,
    faults: ['NOT_FOUND', 'VERSION_MISMATCH'],
    rest: 'DELETE /ingest-keys/{id}',
    graphql: 'revokeIngestKey',
  })
  revokeIngestKey({ session, params, version }: Call<ById>): Promise<void> {
    return this.keys.revoke(session, params.id, version);
  }
}
