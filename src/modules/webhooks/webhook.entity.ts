import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Columns that triggers and background jobs maintain. */
const MAINTAINED = { insert: false, update: false } as const;

/**
 * A row of public.webhooks as the use cases write it. Triggers maintain the owner, the version and the columns about
 * disabling.
 */
@Entity('webhooks')
export class WebhookEntity {
  @PrimaryColumn({ name: 'id', type: 'uuid', insert: false })
  id: string;

  @Column({ name: 'team_id', type: 'uuid', update: false })
  teamId: string;

  @Column({ name: 'url', type: 'varchar', length: 2_048 })
  url: string;

  @Column({ name: 'description', type: 'varchar', length: 500, nullable: true })
  description: string | null;

  @Column({ name: 'event_types', type: 'jsonb' })
  eventTypes: object;

  @Column({ name: 'project_key', type: 'varchar', length: 64, nullable: true })
  projectKey: string | null;

  @Column({ name: 'is_enabled', type: 'boolean' })
  isEnabled: boolean;

  @Column({ name: 'since_position', type: 'bigint' })
  sincePosition: string;

  @Column({ name: 'owner_id', type: 'uuid', nullable: true, ...MAINTAINED })
  ownerId: string | null;

  @Column({ name: 'scopes', type: 'text', array: true, nullable: true, ...MAINTAINED })
  scopes: string[] | null;

  @Column({ name: 'disabled_reason', type: 'varchar', length: 20, nullable: true, ...MAINTAINED })
  disabledReason: string | null;

  @Column({ name: 'disabled_at', type: 'timestamptz', nullable: true, ...MAINTAINED })
  disabledAt: Date | null;

  @Column({ name: 'failure_count', type: 'integer', ...MAINTAINED })
  failureCount: number;

  @Column({ name: 'failing_since', type: 'timestamptz', nullable: true, ...MAINTAINED })
  failingSince: Date | null;

  @Column({ name: 'paused_until', type: 'timestamptz', nullable: true, ...MAINTAINED })
  pausedUntil: Date | null;

  @Column({ name: 'last_delivered_at', type: 'timestamptz', nullable: true, ...MAINTAINED })
  lastDeliveredAt: Date | null;

  @Column({ name: 'version', type: 'integer', ...MAINTAINED })
  version: number;

  @Column({ name: 'created_at', type: 'timestamptz', ...MAINTAINED })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', ...MAINTAINED })
  updatedAt: Date;
}

/** The columns that a use case writes. */
export type WrittenWebhook = Pick<
  WebhookEntity,
  'teamId' | 'url' | 'description' | 'eventTypes' | 'projectKey' | 'isEnabled' | 'sincePosition'
>;

/**
 * A row of public.webhook_secrets. The service inserts it and never reads it: only background jobs may see the secret.
 */
@Entity('webhook_secrets')
export class WebhookSecretEntity {
  @PrimaryColumn({ name: 'id', type: 'uuid', insert: false })
  id: string;

  @Column({ name: 'team_id', type: 'uuid' })
  teamId: string;

  @Column({ name: 'webhook_id', type: 'uuid' })
  webhookId: string;

  @Column({ name: 'sealed_secret', type: 'bytea' })
  sealedSecret: Buffer;

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true, ...MAINTAINED })
  expiresAt: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', ...MAINTAINED })
  createdAt: Date;
}

export const webhookEntities = [WebhookEntity, WebhookSecretEntity];
