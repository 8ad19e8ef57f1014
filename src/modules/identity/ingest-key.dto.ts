import { ArrayMaxSize, ArrayUnique, IsArray, Matches, MaxLength } from 'class-validator';
import { Described } from '../../platform/schema/description.js';
import { Custom, Integer, Text, Timestamp, Uuid } from '../../platform/schema/field.js';
import { patchOf, pick } from '../../platform/schema/mapped-types.js';

const ORIGINS_MAX = 50;
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.-]+(:\d{1,5})?$/;
const RATE_MAX = 1_000_000;

const allowedOrigins = (optional: boolean): PropertyDecorator =>
  Custom(
    'texts',
    {
      description:
        'Pages that may use the key, as a browser names them. An empty list: every page and every program; otherwise a program without an origin is refused as well.',
      example: ['https://app.example.com'],
      optional,
    },
    { type: 'array', items: { type: 'string', pattern: ORIGIN.source, maxLength: 255 }, maxItems: ORIGINS_MAX },
    [
      IsArray(),
      ArrayMaxSize(ORIGINS_MAX),
      ArrayUnique(),
      MaxLength(255, { each: true }),
      Matches(ORIGIN, { each: true, message: 'each origin must be like https://app.example.com' }),
    ],
  );

@Described('An ingest key of a project. The service stores only its hash.')
export class IngestKey {
  @Uuid({ description: 'Identifier (UUID); it never changes.', readOnly: true, filters: ['equal'] })
  id: string;

  @Uuid({ description: 'Team of the project.', readOnly: true })
  teamId: string;

  @Text({ description: 'Project that it reports to.', max: 64, readOnly: true })
  projectKey: string;

  @Text({
    description: 'What it is for.',
    min: 1,
    max: 100,
    pattern: /\S/,
    patternMessage: 'name must not be blank',
    filters: ['equal'],
    sortable: true,
    example: 'web shop',
  })
  name: string;

  @Text({ description: 'First characters of the key, to recognise it.', max: 20, readOnly: true, filters: ['equal'] })
  prefix: string;

  @allowedOrigins(false)
  allowedOrigins: string[];

  @Integer({
    description: 'Requests that it may send in a minute; null: as many as the service allows every ingest key.',
    min: 1,
    max: RATE_MAX,
    nullable: true,
  })
  requestsPerMinute: number | null;

  @Timestamp({ description: 'When it stops working; null: never.', nullable: true, filters: ['range'], sortable: true })
  expiresAt: string | null;

  @Timestamp({ description: 'When it was last used, to half a minute.', nullable: true, readOnly: true })
  lastUsedAt: string | null;

  @Timestamp({ description: 'When it was revoked.', nullable: true, readOnly: true })
  revokedAt: string | null;

  @Uuid({ description: 'Who made it.', nullable: true, readOnly: true, filters: ['equal'] })
  createdBy: string | null;

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

@Described('A newly created ingest key. No other answer contains the secret.')
export class ShownIngestKey extends IngestKey {
  @Text({
    description: 'The key. Shown once; null when the answer is repeated (Idempotency-Key) or rehearsed (dryRun).',
    max: 100,
    nullable: true,
  })
  key: string | null;
}

@Described('A change of an ingest key: a JSON merge patch (RFC 7396).')
export class IngestKeyPatch extends patchOf(
  pick(IngestKey, ['name', 'allowedOrigins', 'requestsPerMinute', 'expiresAt'] as const),
) {}

@Described('An ingest key to create.')
export class NewIngestKey extends pick(IngestKey, ['name'] as const) {
  @allowedOrigins(true)
  allowedOrigins?: string[];

  @Integer({
    description: 'Requests that it may send in a minute; left out or null: as many as every ingest key.',
    min: 1,
    max: RATE_MAX,
    nullable: true,
    optional: true,
  })
  requestsPerMinute?: number | null;

  @Timestamp({ description: 'When it stops working; left out or null: never.', nullable: true, optional: true })
  expiresAt?: string | null;
}

/** The project whose ingest keys are meant. */
export class OfProject {
  @Text({ description: 'Key of the project, or its id.', max: 200 })
  key: string;

  @Uuid({ description: 'The team, when several of yours have a project with this key.', optional: true })
  teamId?: string;
}
