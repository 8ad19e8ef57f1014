import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A row of public.projects as the service writes it. Triggers maintain version and updated_at. */
@Entity('projects')
export class ProjectEntity {
  @PrimaryColumn({ name: 'id', type: 'uuid', insert: false })
  id: string;

  @Column({ name: 'team_id', type: 'uuid' })
  teamId: string;

  @Column({ name: 'project_key', type: 'varchar', length: 64 })
  projectKey: string;

  @Column({ name: 'name', type: 'varchar', length: 255 })
  name: string;

  @Column({ name: 'description', type: 'text', nullable: true })
  description: string | null;

  @Column({ name: 'settings', type: 'jsonb' })
  settings: object;

  @Column({ name: 'metadata', type: 'jsonb' })
  metadata: object;

  @Column({ name: 'created_by', type: 'uuid', nullable: true })
  createdBy: string | null;

  @Column({ name: 'version', type: 'integer', insert: false, update: false })
  version: number;

  @Column({ name: 'created_at', type: 'timestamptz', insert: false, update: false })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', insert: false, update: false })
  updatedAt: Date;

  @Column({ name: 'deleted_at', type: 'timestamptz', nullable: true, insert: false })
  deletedAt: Date | null;
}

export const projectEntities = [ProjectEntity];
