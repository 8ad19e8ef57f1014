import { mergedValues } from '../../platform/database/merged-values.js';
import type { Statement } from '../../platform/database/statement.js';
import { shapedStatement, statement } from '../../platform/database/statement.js';
import type { Tx } from '../../platform/database/transaction.js';
import type { ListSource } from '../../platform/schema/list-statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import type { WebhookPatch } from './webhook.dto.js';
import { Webhook } from './webhook.dto.js';
import type { WrittenWebhook } from './webhook.entity.js';
import { WebhookEntity, WebhookSecretEntity } from './webhook.entity.js';

/** A webhook as JSON text, with the columns that the service needs. */
export interface WebhookRow {
  readonly id: string;
  readonly version: number;
  readonly teamId: string;
  readonly isEnabled: boolean;
  readonly eventTypes: readonly string[];
  readonly projectKey: string | null;
  readonly data: string;
}

export function getWebhook(id: string, fields?: readonly string[]): Statement<WebhookRow> {
  const text = `select
  t.id,
  t.version,
  t.team_id as "teamId",
  t.is_enabled as "isEnabled",
  t.event_types as "eventTypes",
  t.project_key as "projectKey",
  ${jsonOf(Webhook, 't', fields)} as data
from public.webhooks t
where t.id = $1`;
  return fields ? shapedStatement('webhooks.get', text, [id]) : statement('webhooks.get', text, [id]);
}

/** The named or the default team of a new webhook, and its number of webhooks. */
export function findTeam(teamId: string | null): Statement<{ id: string; webhooks: number }> {
  return statement(
    'webhooks.team',
    `select
  t.id,
  (select count(*)::int from public.webhooks w where w.team_id = t.id) as webhooks
from public.teams t
where t.id = coalesce($1, app.default_team_id())`,
    [teamId],
  );
}

export async function insertWebhook(tx: Tx, values: WrittenWebhook): Promise<string> {
  const result = await tx.entities
    .createQueryBuilder()
    .insert()
    .into(WebhookEntity)
    .values(values)
    .updateEntity(false)
    .returning(['id'])
    .execute();
  return (result.raw as { id: string }[])[0]?.id ?? '';
}

/**
 * Updates a webhook that still has the expected version. False means that it is gone, has changed, or may not be
 * changed by the caller.
 */
export async function updateWebhook(
  tx: Tx,
  id: string,
  version: number | null,
  patch: WebhookPatch & { sincePosition?: string },
): Promise<boolean> {
  const { values, parameters } = mergedValues(patch, []);
  const { affected } = await tx.entities
    .createQueryBuilder()
    .update(WebhookEntity)
    .set(values)
    .where(version === null ? { id } : { id, version })
    .setParameters(parameters)
    .execute();
  return affected === 1;
}

export async function deleteWebhook(tx: Tx, id: string, version: number | null): Promise<boolean> {
  const { affected } = await tx.entities.delete(WebhookEntity, version === null ? { id } : { id, version });
  return affected === 1;
}

export async function insertSecret(
  tx: Tx,
  values: Pick<WebhookSecretEntity, 'teamId' | 'webhookId' | 'sealedSecret'>,
): Promise<void> {
  await tx.entities
    .createQueryBuilder()
    .insert()
    .into(WebhookSecretEntity)
    .values(values)
    .updateEntity(false)
    .execute();
}

/** Expires the existing secrets after the overlap, unless they expire earlier. */
export function expireSecrets(teamId: string, webhookId: string, seconds: number): Statement {
  return statement(
    'webhooks.expire_secrets',
    `update public.webhook_secrets s
set expires_at = least(s.expires_at, now() + make_interval(secs => $3))
where s.team_id = $1
  and s.webhook_id = $2
  and (s.expires_at is null or s.expires_at > now())`,
    [teamId, webhookId, seconds],
  );
}

/** Every change of secrets takes this lock, so that two concurrent rotations do not leave two current secrets. */
export function lockWebhook(id: string): Statement<WebhookRow> {
  const read = getWebhook(id);
  return statement('webhooks.lock', `${read.text}\nfor update`, read.values);
}

export const webhookSource: Omit<ListSource, 'allTeams' | 'teamIds'> = {
  name: 'webhooks.list',
  table: 'public.webhooks',
  shape: Webhook,
  teamColumn: 'team_id',
  where: [],
};
