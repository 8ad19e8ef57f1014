import { ById } from '../../platform/operations/by-id.js';
import type { Call, ListCall, Result } from '../../platform/operations/operation.js';
import { Operation, Operations } from '../../platform/operations/operation.js';
import type { ListPage } from '../../platform/schema/list-run.js';
import { NewWebhook, SecretRotation, ShownWebhook, Webhook, WebhookPatch } from './webhook.dto.js';
import { WEBHOOKS_READ, WEBHOOKS_WRITE, webhookListRules } from './webhook.rules.js';
import type { MadeWebhook } from './webhooks.service.js';
import { WebhooksService } from './webhooks.service.js';

const ACCESS_NOTE = 'For owners and admins of the team, and for holders of `webhooks:write`.';

const shown = ({ secret, ...row }: MadeWebhook): Result => ({
  ...row,
  data: `${row.data.slice(0, -1)},"secret":${JSON.stringify(secret)}}`,
});

@Operations('webhooks')
export class WebhooksOperations {
  constructor(private readonly webhooks: WebhooksService) {}

  @Operation({
    summary: 'List webhooks',
    description: 'Those of the teams that you manage, or of all your teams with `webhooks:read`.',
    kind: 'list',
    permission: WEBHOOKS_READ,
    list: webhookListRules,
    returns: [Webhook],
    faults: ['NOT_FOUND'],
    rest: 'GET /webhooks',
    graphql: 'webhooks',
  })
  listWebhooks({ session, list }: ListCall): Promise<ListPage> {
    return this.webhooks.list(session, list);
  }

  @Operation({
    summary: 'Make a webhook; its secret is shown once',
    description: `${ACCESS_NOTE} It is sent the events that you may see. A repeated answer (Idempotency-Key) shows no secret.`,
    kind: 'create',
    permission: WEBHOOKS_WRITE,
    input: NewWebhook,
    returns: ShownWebhook,
    faults: ['NOT_FOUND', 'RULE_VIOLATED'],
    rest: { route: 'POST /webhooks', location: ({ id }) => `/webhooks/${id}` },
    graphql: 'createWebhook',
  })
  async createWebhook({ session, input }: Call): Promise<Result> {
    return shown(await this.webhooks.create(session, input));
  }

  @Operation({
    summary: 'Get a webhook',
    kind: 'read',
    permission: WEBHOOKS_READ,
    params: ById,
    returns: Webhook,
    sparse: true,
    versioned: 'partly',
    faults: ['NOT_FOUND'],
    rest: 'GET /webhooks/{id}',
    graphql: 'webhook',
  })
  getWebhook({ session, params, fields }: Call<ById>): Promise<Result> {
    return this.webhooks.get(session, params.id, fields);
  }

  @Operation({
    summary: 'Change a webhook (JSON merge patch)',
    description: `${ACCESS_NOTE} Whoever changes it owns it from then on: it is sent what this person may see.`,
    kind: 'update',
    permission: WEBHOOKS_WRITE,
    params: ById,
    input: WebhookPatch,
    returns: Webhook,
    versioned: 'partly',
    faults: ['NOT_FOUND', 'VERSION_MISMATCH', 'RULE_VIOLATED'],
    rest: 'PATCH /webhooks/{id}',
    graphql: 'updateWebhook',
  })
  updateWebhook({ session, params, version, input }: Call<ById>): Promise<Result> {
    return this.webhooks.patch(session, params.id, version, input);
  }

  @Operation({
    summary: 'Delete a webhook with its secrets and its log',
    description: ACCESS_NOTE,
    kind: 'delete',
    permission: WEBHOOKS_WRITE,
    params: ById,
    faults: ['NOT_FOUND', 'VERSION_MISMATCH'],
    rest: 'DELETE /webhooks/{id}',
    graphql: 'deleteWebhook',
  })
  deleteWebhook({ session, params, version }: Call<ById>): Promise<void> {
    return this.webhooks.remove(session, params.id, version);
  }

  @Operation({
    summary: 'Give a webhook a new secret; it is shown once',
    description: `${ACCESS_NOTE} Until the overlap ends, deliveries carry two signatures. A repeated answer shows no secret.`,
    kind: 'action',
    permission: WEBHOOKS_WRITE,
    params: ById,
    input: SecretRotation,
    inputIsOptional: true,
    returns: ShownWebhook,
    faults: ['NOT_FOUND'],
    rest: 'POST /webhooks/{id}/rotate',
    graphql: 'rotateWebhookSecret',
  })
  async rotateWebhookSecret({ session, params, input }: Call<ById>): Promise<Result> {
    return shown(await this.webhooks.rotate(session, params.id, input));
  }
}
