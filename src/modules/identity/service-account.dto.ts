import { ArrayMaxSize, ArrayUnique, IsArray, IsUUID } from 'class-validator';
import { Described } from '../../platform/schema/description.js';
import { Custom, Flag, Integer, Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import { patchOf, pick } from '../../platform/schema/mapped-types.js';

const TEAMS_MAX = 1_000;

const teamIds = (options: { readonly description: string; readonly optional?: boolean; readonly sql?: string }) =>
  Custom('json', options, { type: 'array', items: { type: 'string', format: 'uuid' }, maxItems: TEAMS_MAX }, [
    IsArray(),
    ArrayMaxSize(TEAMS_MAX),
    ArrayUnique(),
    IsUUID('all', { each: true }),
  ]);

@Described(
  'A user of the kind agent that you own. It holds nothing that you do not hold at the moment, has no password, and everything that it does is under its own name.',
)
export class ServiceAccount {
  @Uuid({ description: 'Identifier (UUID) of the user; it never changes.', readOnly: true, filters: ['equal'] })
  id: string;

  @Text({
    description: 'User name: yours, a slash and its handle. Tasks are assigned by it.',
    max: 100,
    readOnly: true,
    filters: ['equal'],
    sortable: true,
    example: 'grace/reviewer',
  })
  username: string;

  @Text({
    description: 'Name that other people see.',
    min: 1,
    max: 100,
    pattern: /\S/,
    patternMessage: 'name must not be blank',
    sortable: true,
    example: 'Reviewer of Grace',
  })
  name: string;

  @Text({
    description: 'Name of the role. It bounds what the account holds, and so does your own role.',
    min: 1,
    max: 50,
    filters: ['equal'],
    example: 'developer',
  })
  role: string;

  @Uuid({ description: 'The person who owns it.', readOnly: true })
  ownerId: string;

  @Flag({ description: 'Keys of an inactive account are refused.', filters: ['equal'] })
  isActive: boolean;

  @teamIds({
    description: 'Teams that it is a member of, all of them yours. A team that you leave is not its team any more.',
    sql: `(
      select coalesce(json_agg(m.team_id order by m.team_id), '[]')
      from public.team_members m
      where m.user_id = t.id
    )`,
  })
  teamIds: string[];

  @Integer({ description: 'Counts every change of the user; the ETag.', min: 1, max: 2_147_483_647, readOnly: true })
  version: number;

  @Timestamp({ description: 'When it was created.', readOnly: true, filters: ['range'], sortable: true })
  createdAt: string;

  @Timestamp({ description: 'When the user last changed.', readOnly: true })
  updatedAt: string;
}

@Described('A change of a service account: a JSON merge patch (RFC 7396).')
export class ServiceAccountPatch extends patchOf(
  pick(ServiceAccount, ['name', 'role', 'isActive', 'teamIds'] as const),
) {}

@Described('A service account to create.')
export class NewServiceAccount extends pick(ServiceAccount, ['name'] as const) {
  @Text({
    description: 'Its name among your service accounts; it becomes the second part of the user name.',
    min: 1,
    max: 40,
    pattern: /^[a-z0-9][a-z0-9_-]*$/,
    patternMessage: 'handle must be lower-case letters, digits, _ and -',
    example: 'reviewer',
  })
  handle: string;

  @Text({ description: 'Name of the role.', min: 1, max: 50, default: 'developer', optional: true })
  role?: string;

  @teamIds({
    description: 'Teams of yours that it is to be a member of; left out: all that you are in.',
    optional: true,
  })
  teamIds?: string[];
}
