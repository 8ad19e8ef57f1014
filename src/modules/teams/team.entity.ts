import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * A row of public.teams as the service writes it. Triggers maintain version and updated_at; app.create_team inserts
 * rows.
 */
@Entity('teams')
export class TeamEntity {
  @PrimaryColumn({ name: 'id', type: 'uuid' })
  id: string;

  @Column({ name: 'name', type: 'varchar', length: 100 })
  name: string;

  @Column({ name: 'description', type: 'text', nullable: true })
  description: string | null;

  @Column({ name: 'owner_id', type: 'uuid' })
  ownerId: string;

  @Column({ name: 'is_personal', type: 'boolean', update: false })
  isPersonal: boolean;

  @Column({ name: 'metadata', type: 'jsonb' })
  metadata: object;

  @Column({ name: 'version', type: 'integer', update: false })
  version: number;

  @Column({ name: 'created_at', type: 'timestamptz', update: false })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', update: false })
  updatedAt: Date;
}
