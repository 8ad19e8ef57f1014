import { Described } from '../../platform/schema/description.js';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, Matches, MaxLength, ValidateBy } from 'class-validator';
import { isNetwork } from '../../platform/auth/networks.js';
import { PROJECT_KEY_PATTERN } from '../tasks/task.dto.js';
import { Custom, Integer, Text, TextList, Timestamp, Uuid } from '../../platform/schema/field.js';

const DAY = 24 * 60 * 60;
export const OVERLAP_DEFAULT = DAY;
const OVERLAP_MAX = 30 * DAY;
const SCOPES_MAX = 50;
const NETWORKS_MAX = 50;
const SCOPE = /^(\*|[a-z_]+:[a-z_]+)$/;

@Described('An API key of the caller, or of a service account of the caller. The service stores only its hash.')
export class ApiKey {
  @Uuid({ description: 'Identifier (UUID); it never changes.', readOnly: true, filters: ['equal'] })
  id: string;

  @Text({ description: 'What it is for.', min: 1, max: 100, filters: ['equal'], sortable: true, example: 'ci' })
  name: string;

  @Text({ description: 'First characters of the key, to recognise it.', max: 20, readOnly: true, filters: ['equal'] })
  prefix: string;

  @Uuid({ description: 'Whose it is: you, or a service account of yours.', readOnly: true, filters: ['equal'] })
  userId: string;

  @TextList({
    description: 'Networks that it may be used from (CIDR); null: all.',
    maxItems: NETWORKS_MAX,
    maxLength: 50,
    nullable: true,
  })
  allowedNetworks: string[] | null;

  @TextList({
    description: 'Permissions that it is narrowed to; null: all of its owner.',
    maxItems: SCOPES_MAX,
    maxLength: 100,
    nullable: true,
  })
  scopes: string[] | null;

  @Timestamp({ description: 'When it stops working.', nullable: true, filters: ['range'], sortable: true })
  expiresAt: string | null;

  @Timestamp({ description: 'When it was last used, to half a minute.', nullable: true, readOnly: true })
  lastUsedAt: string | null;

  @Timestamp({ description: 'When it was revoked.', nullable: true, readOnly: true })
  revokedAt: string | null;

  @Uuid({ description: 'The key that it follows.', nullable: true, readOnly: true, filters: ['equal'] })
  rotatedFrom: string | null;

  @Text({
    description:
      'Project that it is bound to: the one that its key means without a team, and in which next and claim look without a place. Null: none.',
    max: 64,
    nullable: true,
    readOnly: true,
    filters: ['equal'],
  })
  projectKey: string | null;

  @Uuid({ description: 'Team of that project.', nullable: true, readOnly: true })
  teamId: string | null;

  @Integer({
    description: 'Counts every change except use; the ETag.',
    min: 1,
    max: 2_147_483_647,
    readOnly: true,
  })
  version: number;

  @Timestamp({ description: 'When it was made.', readOnly: true, filters: ['range'], sortable: true })
  createdAt: string;
}

@Described('A newly created API key. No other answer contains the secret.')
export class ShownApiKey extends ApiKey {
  @Text({
    description: 'The key. Shown once; null when the answer is repeated (Idempotency-Key) or rehearsed (dryRun).',
    max: 100,
    nullable: true,
  })
  key: string | null;
}

@Described('An API key to create.')
export class NewApiKey {
  @Text({
    description: 'What it is for.',
    min: 1,
    max: 100,
    pattern: /\S/,
    patternMessage: 'name must not be blank',
    example: 'ci',
  })
  name: string;

  @Custom(
    'texts',
    { description: 'Permissions to narrow it to; left out or null: all of yours.', nullable: true, optional: true },
    {
      type: 'array',
      items: { type: 'string', pattern: SCOPE.source, maxLength: 100 },
      minItems: 1,
      maxItems: SCOPES_MAX,
    },
    [
      IsArray(),
      ArrayMinSize(1),
      ArrayMaxSize(SCOPES_MAX),
      ArrayUnique(),
      MaxLength(100, { each: true }),
      Matches(SCOPE, { each: true, message: 'each scope must be * or like tasks:read' }),
    ],
  )
  scopes?: string[] | null;

  @Timestamp({ description: 'When it stops working; left out or null: never.', nullable: true, optional: true })
  expiresAt?: string | null;

  @Custom(
    'texts',
    {
      description:
        'Networks that it may be used from (CIDR); left out or null: all. Behind a proxy, TRUSTED_PROXIES decides which address counts.',
      nullable: true,
      optional: true,
      example: ['192.0.2.0/24', '2001:db8::/32'],
    },
    { type: 'array', items: { type: 'string', maxLength: 50 }, minItems: 1, maxItems: NETWORKS_MAX },
    [
      IsArray(),
      ArrayMinSize(1),
      ArrayMaxSize(NETWORKS_MAX),
      ArrayUnique(),
      ValidateBy(
        {
          name: 'isNetwork',
          validator: { validate: isNetwork, defaultMessage: () => 'each network must be like 192.0.2.0/24' },
        },
        { each: true },
      ),
    ],
  )
  allowedNetworks?: string[] | null;

  @Uuid({ description: 'A service account of yours that gets it; left out: you.', optional: true })
  serviceAccountId?: string;

  @Text({
    description: 'Binds it to this project of a team of yours, by its key or id. This does not narrow it: scopes do.',
    max: 64,
    pattern: PROJECT_KEY_PATTERN,
    nullable: true,
    optional: true,
  })
  projectKey?: string | null;

  @Uuid({ description: 'Team of the project, when several of yours have one with this key.', optional: true })
  teamId?: string;
}

@Described('Options for the rotation of an API key.')
export class Rotation {
  @Integer({
    description: 'Seconds that the old key works on.',
    min: 0,
    max: OVERLAP_MAX,
    default: OVERLAP_DEFAULT,
    optional: true,
  })
  overlapSeconds?: number;
}
