import type { Type } from '@nestjs/common';
import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOperation, ApiQuery, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import type { FaultCode } from '../faults/catalogue.js';
import { faultCatalogue } from '../faults/catalogue.js';
import type { FilterRules, ListRules } from '../schema/list-request.js';
import type { Shape } from '../schema/field.js';
import { propertyOf, shapeIn } from '../schema/property.js';
import { expansionsOf, sparseShape } from '../schema/sparse.js';
import { fieldsParameter, filterQueries, listParameters } from './describe-list.js';
import { problemResponse } from './problem-responses.js';

type Write = 'create' | 'update' | 'change';

export interface Description {
  readonly operationId?: string;
  readonly summary: string;
  readonly description?: string;
  /** The shape of `data`, or `[Shape]` for a list; omitted for 204. */
  readonly returns?: Type | readonly [Type];
  readonly status?: number;
  /** Describes 200 where 201 is the usual status: the resource existed already and is returned unchanged. */
  readonly repeated?: string;
  /** The shape for a caller who may write but not read. */
  readonly receipt?: Type;
  /** Adds limit, cursor, sort, filters, and pagination in the response. */
  readonly list?: ListRules;
  /** Adds filters. */
  readonly filters?: FilterRules;
  /** Adds pagination in the response only, for a list with its own parameters. */
  readonly paged?: boolean;
  /** Adds `fields=`. */
  readonly sparse?: Shape;
  /** Adds `expand=`: the shape with the fields that it can add. */
  readonly expands?: Shape;
  /** Adds ETag and If-None-Match. */
  readonly conditional?: boolean;
  /** True adds only the ETag, where parts change without a new version. False removes it where there is no version. */
  readonly versioned?: boolean;
  /** Adds dryRun, and Idempotency-Key (create), If-Match (update) or both (transition). A `change` has neither. */
  readonly write?: Write;
  /** Whether a write accepts Idempotency-Key. Default: a `create` does. */
  readonly keyed?: boolean;
  /** Adds 204, for an empty result. */
  readonly orNothing?: string;
  /** Requires no credential. */
  readonly open?: boolean;
  /** Faults beyond those that every route can have. */
  readonly faults?: readonly FaultCode[];
}

const everywhere: readonly FaultCode[] = [
  'VALIDATION_FAILED',
  'RATE_LIMITED',
  'INTERNAL',
  'POOL_EXHAUSTED',
  'STATEMENT_TIMEOUT',
  'STORAGE_FULL',
  'DATABASE_UNAVAILABLE',
  'SHUTTING_DOWN',
  'CREDENTIAL_IN_URL',
];
const withCredential: readonly FaultCode[] = ['UNAUTHENTICATED', 'FORBIDDEN'];
const withBody: readonly FaultCode[] = ['MALFORMED_BODY', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'OVERLOADED'];

function faultResponses(codes: readonly FaultCode[]): MethodDecorator {
  const unique = [...new Set(codes)];
  const statuses = [...new Set(unique.map((code) => faultCatalogue[code].status))];
  const responses = statuses.map((status) => {
    const list = unique.filter((code) => faultCatalogue[code].status === status);
    return ApiResponse({ status, ...problemResponse(list) });
  });
  return applyDecorators(...responses);
}

type Schema = Record<string, unknown>;

/** The shape of the rows; undefined for 204. */
const rowOf = ({ returns }: Description): Type | undefined => [returns].flat()[0];

interface Expansion {
  readonly name: string;
  readonly about: string;
  readonly shape: Type;
  readonly nullable: boolean;
}

/** The fields that `expand` can add, each with its shape. */
function expansionOf(description: Description): readonly Expansion[] {
  const { expands } = description;
  const row = rowOf(description);
  if (!expands || !row) return [];
  return expansionsOf(row, expands).flatMap((name) => {
    const property = propertyOf(expands, name);
    const shape = shapeIn(property)?.shape;
    return shape ? [{ name, about: property.description ?? '', shape, nullable: property.nullable === true }] : [];
  });
}

function expandedSchema(whole: Schema, description: Description): Schema {
  const expansion = expansionOf(description);
  if (expansion.length === 0) return whole;
  const properties = expansion.map(({ name, about, shape, nullable }) => [
    name,
    { description: about, anyOf: [{ $ref: getSchemaPath(shape) }, ...(nullable ? [{ type: 'null' }] : [])] },
  ]);
  return { allOf: [whole, { type: 'object', properties: Object.fromEntries(properties) as Schema }] };
}

function envelopeSchema(data: Schema, paged: boolean): Schema {
  return {
    type: 'object',
    required: ['success', 'data', 'message', 'meta', ...(paged ? ['pagination'] : [])],
    properties: {
      success: { type: 'boolean', enum: [true], description: 'Always true.' },
      data,
      message: { type: 'string', description: 'What was done, for people. Do not branch on it.' },
      ...(paged ? { pagination: { $ref: '#/components/schemas/Pagination' } } : {}),
      meta: { $ref: '#/components/schemas/Meta' },
    },
  };
}

const requestIdHeader = { description: 'Identifies the request in logs.', schema: { type: 'string' as const } };
const pageTagHeader = { description: 'Tag of the page, for If-None-Match.', schema: { type: 'string' as const } };
const etagHeader = {
  description: 'Version of the resource, for If-Match and If-None-Match.',
  schema: { type: 'string' as const },
};

/** The shapes that an answer can have. */
function shapesOf(description: Description, shape: Type): readonly Type[] {
  const { list, sparse, receipt } = description;
  const expansion = expansionOf(description).map((one) => one.shape);
  return [shape, ...(list || sparse ? [sparseShape(shape)] : []), ...(receipt ? [receipt] : []), ...expansion];
}

function tagHeaders({ versioned, conditional, write, list, paged }: Description, many: boolean): object {
  const isTagged = versioned ?? (conditional === true || (write !== undefined && write !== 'change' && !many));
  if (!isTagged) return {};
  return { etag: list !== undefined || paged === true ? pageTagHeader : etagHeader };
}

function success(description: Description): MethodDecorator {
  const { returns, status = 200, list } = description;
  const paged = list !== undefined || description.paged === true;
  if (returns === undefined) return ApiResponse({ status, description: 'Done. There is no body.' });
  const many = Array.isArray(returns);
  const shape = (many ? returns[0] : returns) as Type;
  const whole = expandedSchema({ $ref: getSchemaPath(shape) }, description);
  const { receipt, repeated } = description;
  const row = receipt ? { anyOf: [whole, { $ref: getSchemaPath(receipt) }] } : whole;
  const answer = {
    headers: { 'x-request-id': requestIdHeader, ...tagHeaders(description, many) },
    content: {
      'application/json': { schema: envelopeSchema(many ? { type: 'array', items: row } : row, paged) },
    },
  };
  return applyDecorators(
    ApiExtraModels(...shapesOf(description, shape)),
    ApiResponse({ ...answer, status, description: description.summary }),
    ...(repeated === undefined ? [] : [ApiResponse({ ...answer, status: 200, description: repeated })]),
  );
}

function query(name: string, description: string, schema: Schema): MethodDecorator {
  return ApiQuery({ name, required: false, description, schema });
}

function header(name: string, description: string, schema: Schema = { type: 'string' }): MethodDecorator {
  return ApiHeader({ name, required: false, description, schema });
}

const idempotencyKey = { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' };

const isKeyed = ({ write, keyed = write === 'create' }: Description): boolean => write !== undefined && keyed;

const keyHeader = header(
  'Idempotency-Key',
  'Makes the request safe to repeat. For 24 hours, the same key gets the first response again.',
  idempotencyKey,
);
const matchHeader = header('If-Match', 'ETag of the version that the change is based on. 412 when it is outdated.');

function writeParameters(description: Description): MethodDecorator[] {
  return [
    query('dryRun', 'Validate and return the result without saving anything.', { type: 'boolean', default: false }),
    ...(isKeyed(description) ? [keyHeader] : []),
    ...(description.write === 'update' ? [matchHeader] : []),
  ];
}

function parameters(description: Description): MethodDecorator[] {
  const { list, filters, sparse, conditional, write } = description;
  const expansions = expansionOf(description).map(({ name }) => name);
  return [
    ...(list ? listParameters(list) : []),
    ...(filters ? filterQueries(filters) : []),
    ...(sparse ? [fieldsParameter(sparse)] : []),
    ...(expansions.length > 0
      ? [query('expand', `Comma-separated fields to add: ${expansions.join(', ')}.`, { type: 'string' })]
      : []),
    ...(conditional ? [header('If-None-Match', 'ETag of the version you have. 304 when it is current.')] : []),
    ...(write ? writeParameters(description) : []),
  ];
}

/** The OpenAPI description of a route. The documentation test fails for a route without one. */
export function Describe(description: Description): MethodDecorator {
  const faults = [
    ...everywhere,
    ...(description.open ? [] : withCredential),
    ...(description.write ? withBody : []),
    ...(isKeyed(description) ? (['IDEMPOTENCY_KEY_REUSED', 'CONFLICT'] as const) : []),
    ...(description.faults ?? []),
  ];
  return applyDecorators(
    ApiOperation({
      summary: description.summary,
      ...(description.operationId === undefined ? {} : { operationId: description.operationId }),
      ...(description.description ? { description: description.description } : {}),
      ...(description.open ? { security: [] } : {}),
    }),
    success(description),
    ...(description.orNothing ? [ApiResponse({ status: 204, description: description.orNothing })] : []),
    ...(description.conditional ? [ApiResponse({ status: 304, description: 'You have the current version.' })] : []),
    faultResponses(faults),
    ...parameters(description),
  );
}
