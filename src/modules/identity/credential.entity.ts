import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A row of public.api_keys as the service writes it. No role of the service can read the hash. */
@Entity('api_keys')
export class ApiKeyEntity {
  @PrimaryColumn({ name: 'id', type: 'uuid', insert: false })
  id: string;

  @Column({ name: 'user_id', type: 'uuid', update: false })
  userId: string;

  @Column({ name: 'name', type: 'varchar', length: 100 })
  name: string;

  @Column({ name: 'prefix', type: 'varchar', length: 20, update: false })
  prefix: string;

  @Column({ name: 'key_hash', type: 'bytea', update: false, select: false })
  keyHash: Buffer;

  @Column({ name: 'scopes', type: 'jsonb', nullable: true, update: false })
  scopes: string[] | null;

  @Column({ name: 'allowed_networks', type: 'jsonb', nullable: true, update: false })
  allowedNetworks: string[] | null;

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt: Date | null;

  @Column({ name: 'last_used_at', type: 'timestamptz', nullable: true, insert: false, update: false })
  lastUsedAt: Date | null;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true, insert: false })
  revokedAt: Date | null;

  @Column({ name: 'rotated_from', type: 'uuid', nullable: true, update: false })
  rotatedFrom: string | null;

  @Column({ name: 'project_team_id', type: 'uuid', nullable: true, update: false })
  projectTeamId: string | null;

  @Column({ name: 'project_key', type: 'varchar', length: 64, nullable: true, update: false })
  projectKey: string | null;

  @Column({ name: 'version', type: 'integer', insert: false, update: false })
  version: number;

  @Column({ name: 'created_at', type: 'timestamptz', insert: false, update: false })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', insert: false, update: false })
  updatedAt: Date;
}

/** A row of public.sessions: a login, or a token of another issuer. SQL functions create and rotate it; the service only ends it. */
@Entity('sessions')
export class LoginSessionEntity {
  @PrimaryColumn({ name: 'id', type: 'uuid', insert: false })
  id: string;

  @Column({ name: 'user_id', type: 'uuid', insert: false, update: false })
  userId: string;

  @Column({ name: 'refresh_hash', type: 'bytea', nullable: true, insert: false, update: false, select: false })
  refreshHash: Buffer | null;

  @Column({ name: 'token_hash', type: 'bytea', nullable: true, insert: false, update: false, select: false })
  tokenHash: Buffer | null;

  @Column({ name: 'identity_id', type: 'uuid', nullable: true, insert: false, update: false, select: false })
  identityId: string | null;

  @Column({ name: 'oauth_grant_id', type: 'uuid', nullable: true, insert: false, update: false, select: false })
  oauthGrantId: string | null;

  @Column({
    name: 'resource',
    type: 'varchar',
    length: 500,
    nullable: true,
    insert: false,
    update: false,
    select: false,
  })
  resource: string | null;

  @Column({
    name: 'previous_refresh_hash',
    type: 'bytea',
    nullable: true,
    insert: false,
    update: false,
    select: false,
  })
  previousRefreshHash: Buffer | null;

  @Column({ name: 'family_hash', type: 'bytea', nullable: true, insert: false, update: false, select: false })
  familyHash: Buffer | null;

  @Column({ name: 'scopes', type: 'jsonb', nullable: true, insert: false, update: false })
  scopes: string[] | null;

  @Column({ name: 'ip_address', type: 'inet', nullable: true, insert: false, update: false })
  ipAddress: string | null;

  @Column({ name: 'user_agent', type: 'text', nullable: true, insert: false, update: false })
  userAgent: string | null;

  @Column({ name: 'expires_at', type: 'timestamptz', insert: false, update: false })
  expiresAt: Date;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true, insert: false })
  revokedAt: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', insert: false, update: false })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', insert: false, update: false })
  updatedAt: Date;
}
