import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A row of public.webhooks as people write it. Triggers keep owner, version and the traces of being disabled. */
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

  @Column({ name: 'version', type: 'integer', insert: false, update: false })
  version: number;
}

export const webhookEntities = [WebhookEntity];
