import { Column, Entity, PrimaryColumn } from 'typeorm';
import { TeamEntity } from './team.entity.js';

/** A row of public.team_members as the service writes it. */
@Entity('team_members')
export class TeamMemberEntity {
  @PrimaryColumn({ name: 'team_id', type: 'uuid' })
  teamId: string;

  @PrimaryColumn({ name: 'user_id', type: 'uuid' })
  userId: string;

  @Column({ name: 'role', type: 'varchar', length: 20 })
  role: string;

  @Column({ name: 'sponsor_id', type: 'uuid', nullable: true, insert: false, update: false })
  sponsorId: string | null;

  @Column({ name: 'joined_at', type: 'timestamptz', insert: false, update: false })
  joinedAt: Date;

  @Column({ name: 'version', type: 'integer', insert: false, update: false })
  version: number;
}

export const teamEntities = [TeamEntity, TeamMemberEntity];
