import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * A row of public.users as the service writes it. No role of the service can read the password hash, and only admins
 * read the lockout counters. Triggers and functions maintain the columns that are neither inserted nor updated here.
 */
@Entity('users')
export class UserEntity {
  @PrimaryColumn({ name: 'id', type: 'uuid', insert: false })
  id: string;

  @Column({ name: 'username', type: 'varchar', length: 100 })
  username: string;

  @Column({ name: 'email', type: 'varchar', length: 255 })
  email: string;

  @Column({ name: 'name', type: 'varchar', length: 100 })
  name: string;

  @Column({ name: 'email_verified', type: 'boolean', insert: false, update: false })
  emailVerified: boolean;

  @Column({ name: 'is_self_registered', type: 'boolean', insert: false, update: false, select: false })
  isSelfRegistered: boolean;

  @Column({ name: 'language', type: 'varchar', length: 10, insert: false })
  language: string;

  @Column({ name: 'time_zone', type: 'varchar', length: 64, insert: false })
  timeZone: string;

  @Column({ name: 'password_hash', type: 'varchar', length: 255, nullable: true, select: false })
  passwordHash: string | null;

  @Column({ name: 'role_id', type: 'uuid' })
  roleId: string;

  @Column({ name: 'is_active', type: 'boolean', insert: false })
  isActive: boolean;

  @Column({ name: 'last_login_at', type: 'timestamptz', nullable: true, insert: false, update: false })
  lastLoginAt: Date | null;

  @Column({ name: 'login_attempts', type: 'integer', insert: false, update: false, select: false })
  loginAttempts: number;

  @Column({ name: 'locked_until', type: 'timestamptz', nullable: true, insert: false, update: false, select: false })
  lockedUntil: Date | null;

  @Column({ name: 'default_team_id', type: 'uuid', nullable: true, insert: false })
  defaultTeamId: string | null;

  @Column({ name: 'metadata', type: 'jsonb', insert: false })
  metadata: object;

  @Column({ name: 'kind', type: 'varchar', length: 10, insert: false, update: false })
  kind: string;

  @Column({ name: 'owner_id', type: 'uuid', nullable: true, insert: false, update: false })
  ownerId: string | null;

  @Column({ name: 'version', type: 'integer', insert: false, update: false })
  version: number;

  @Column({ name: 'created_at', type: 'timestamptz', insert: false, update: false })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', insert: false, update: false })
  updatedAt: Date;
}

/** A row of public.user_roles. */
@Entity('user_roles')
export class UserRoleEntity {
  @PrimaryColumn({ name: 'id', type: 'uuid', insert: false })
  id: string;

  @Column({ name: 'role_name', type: 'varchar', length: 50 })
  roleName: string;

  @Column({ name: 'role_description', type: 'text', nullable: true })
  roleDescription: string | null;

  @Column({ name: 'permissions', type: 'jsonb' })
  permissions: string[];

  @Column({ name: 'permission_list', type: 'text', array: true, nullable: true, insert: false, update: false })
  permissionList: string[];

  @Column({ name: 'is_active', type: 'boolean' })
  isActive: boolean;

  @Column({ name: 'built_in_permissions', type: 'jsonb', nullable: true, insert: false, update: false })
  builtInPermissions: string[] | null;

  @Column({ name: 'version', type: 'integer', insert: false, update: false })
  version: number;

  @Column({ name: 'created_at', type: 'timestamptz', insert: false, update: false })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', insert: false, update: false })
  updatedAt: Date;
}
