import { Described } from '../../platform/schema/description.js';
import { EmailAddress, Flag, Integer, JsonObject, Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import { omit, patchOf, pick } from '../../platform/schema/mapped-types.js';
import { PASSWORD_MAX, PASSWORD_MIN } from './identity.dto.js';
import { IMPORTED_HASH } from './passwords.js';

@Described('A user as team mates and admins see it.')
export class User {
  @Uuid({ description: 'Identifier (UUID); it never changes.', readOnly: true, filters: ['equal'] })
  id: string;

  @Text({
    description: 'User name, unique; tasks are assigned by it.',
    min: 1,
    max: 100,
    pattern: /^\S+$/,
    patternMessage: 'username must not hold blanks',
    filters: ['equal'],
    sortable: true,
    example: 'grace',
  })
  username: string;

  @EmailAddress({
    description: 'E-mail address, unique.',
    filters: ['equal'],
    sortable: true,
    example: 'grace@example.com',
  })
  email: string;

  @Text({
    description: 'Name that other people see.',
    min: 1,
    max: 100,
    pattern: /\S/,
    patternMessage: 'name must not be blank',
    sortable: true,
    example: 'Grace Hopper',
  })
  name: string;

  @Text({ description: 'Name of the role.', min: 1, max: 50, filters: ['equal'], example: 'developer' })
  role: string;

  @Text({
    description: 'What it is: a person, or an agent (a service account that a person owns).',
    max: 10,
    readOnly: true,
    filters: ['equal'],
    example: 'person',
  })
  kind: string;

  @Uuid({
    description: 'The person who answers for a service account; null for people.',
    nullable: true,
    readOnly: true,
    filters: ['equal'],
  })
  ownerId: string | null;

  @Flag({ description: 'Credentials of an inactive user are refused.', filters: ['equal'] })
  isActive: boolean;

  @Timestamp({
    description: 'Last login; null for others than the user and admins.',
    nullable: true,
    readOnly: true,
  })
  lastLoginAt: string | null;

  @JsonObject({ description: 'Data of your own; empty for others than the user and admins.' })
  metadata: Record<string, unknown>;

  @Integer({ description: 'Counts every change; the ETag.', min: 1, max: 2_147_483_647, readOnly: true })
  version: number;

  @Timestamp({ description: 'When the user was created.', readOnly: true, filters: ['range'], sortable: true })
  createdAt: string;

  @Timestamp({ description: 'When the user last changed.', readOnly: true, filters: ['range'], sortable: true })
  updatedAt: string;
}

@Described(
  'A change of a user: a JSON merge patch (RFC 7396). Users change their own name and metadata; admins change everything.',
)
export class UserPatch extends patchOf(
  omit(User, ['id', 'kind', 'ownerId', 'lastLoginAt', 'version', 'createdAt', 'updatedAt'] as const),
) {
  @Text({
    description: 'New password; ends every login session of the user. One that is easy to guess is refused.',
    min: PASSWORD_MIN,
    max: PASSWORD_MAX,
    format: 'password',
    optional: true,
  })
  password?: string;
}

@Described('A user to create. Without a password, the user can only log in with API keys.')
export class NewUser extends pick(User, ['email', 'name'] as const) {
  @Text({
    description:
      'User name; defaults to the part of the e-mail address before the @, or the address when that is taken.',
    min: 1,
    max: 100,
    pattern: /^\S+$/,
    patternMessage: 'username must not hold blanks',
    optional: true,
  })
  username?: string;

  @Text({ description: 'Name of the role.', min: 1, max: 50, default: 'developer', optional: true })
  role?: string;

  @Text({
    description: 'Password to log in with. One that is easy to guess is refused.',
    min: PASSWORD_MIN,
    max: PASSWORD_MAX,
    format: 'password',
    optional: true,
  })
  password?: string;

  @Text({
    description:
      'In place of a password: its bcrypt hash of cost 12, from another system. The first login replaces it by a hash of argon2id.',
    max: 60,
    pattern: IMPORTED_HASH,
    patternMessage: 'passwordHash must be a bcrypt hash of cost 12',
    optional: true,
  })
  passwordHash?: string;
}
