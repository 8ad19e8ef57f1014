import { ArrayMaxSize, ArrayUnique, IsArray, Matches } from 'class-validator';
import { Described } from '../../platform/schema/description.js';
import { Custom, Flag, Integer, Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import { patchOf, pick } from '../../platform/schema/mapped-types.js';

const PERMISSIONS_MAX = 100;
const PERMISSION = /^(\*|[a-z_]+:[a-z_]+)$/;

@Described('Permissions that a user has everywhere. Team membership decides on which rows.')
export class Role {
  @Uuid({ description: 'Identifier (UUID); it never changes.', readOnly: true, filters: ['equal'] })
  id: string;

  @Text({
    description: 'Name that other people see, unique.',
    min: 1,
    max: 50,
    pattern: /^[a-z][a-z0-9_-]*$/,
    patternMessage: 'name must be lower-case letters, digits, _ and -, and begin with a letter',
    column: 'role_name',
    filters: ['equal'],
    sortable: true,
    example: 'auditor',
  })
  name: string;

  @Text({ description: 'What it is for.', max: 1_000, column: 'role_description', nullable: true })
  description: string | null;

  @Custom(
    'texts',
    { description: 'Permissions; * is all of them.', example: ['tasks:read', 'tasks:write'] },
    {
      type: 'array',
      items: { type: 'string', pattern: PERMISSION.source, maxLength: 100 },
      maxItems: PERMISSIONS_MAX,
    },
    [
      IsArray(),
      ArrayMaxSize(PERMISSIONS_MAX),
      ArrayUnique(),
      Matches(PERMISSION, { each: true, message: 'each permission must be * or like tasks:read' }),
    ],
  )
  permissions: string[];

  @Flag({ description: 'Users of an inactive role are refused.', filters: ['equal'] })
  isActive: boolean;

  @Flag({
    description: 'Whether the service comes with it. Such a role keeps its name and what it came with.',
    readOnly: true,
    sql: '(t.built_in_permissions is not null)',
  })
  isBuiltIn: boolean;

  @Integer({ description: 'Counts every change; the ETag.', min: 1, max: 2_147_483_647, readOnly: true })
  version: number;

  @Timestamp({ description: 'When it was created.', readOnly: true, sortable: true })
  createdAt: string;

  @Timestamp({ description: 'When it last changed.', readOnly: true })
  updatedAt: string;
}

@Described('A change of a role: a JSON merge patch (RFC 7396).')
export class RolePatch extends patchOf(pick(Role, ['name', 'description', 'permissions', 'isActive'] as const)) {}

@Described('A role to create.')
export class NewRole extends pick(Role, ['name', 'permissions'] as const) {
  @Text({ description: 'What it is for.', max: 1_000, nullable: true, optional: true })
  description?: string | null;
}
