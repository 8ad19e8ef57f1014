import type { Type } from '@nestjs/common';
import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOperation, ApiQuery, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import type { FaultCode } from '../faults/catalogue.js';
import { faultCatalogue } from '../faults/catalogue.js';
import type { ListRules } from '../schema/list-request.js';
import type { Shape } from '../schema/field.js';
import { fieldsOf } from '../schema/field.js';
import { listParameters } from './describe-list.js';

interface Description {
  readonly summary: string;
  readonly description?: string;
  /** The shape of `data`; `[Shape]` for a list of them; left out for 204. */
  readonly returns?: Type | readonly [Type];
  readonly status?: number;
  /** Adds limit, cursor, sort, filters and the pagination of the answer. */
  readonly list?: ListRules;
  /** Adds `fields=`. */
  readonly sparse?: Shape;
  /** Adds ETag and If-None-Match. */
  readonly conditional?: boolean;
  /** Adds dryRun, and Idempotency-Key (create) or If-Match (update). */
  readonly write?: 'create' | 'update';
  /** Needs no credential. */
  readonly open?: boolean;
  /** What can go wrong beyond what can go wrong everywhere. */
  readonly faults?: readonly FaultCode[];
}

const everywhere: readonly FaultCode[] = [
  'VALIDATION_FAILED',
  'RATE_LIMITED',
  'INTERNAL',
  'POOL_EXHAUSTED',
  'STATEMENT_TIMEOUT',
  'DATABASE_UNAVAILABLE',
  'SHUTTING_DOWN',
  'CREDENTIAL_IN_URL',
];
const withCredential: readonly FaultCode[] = ['UNAUTHENTICATED', 'FORBIDDEN'];
const withBody: readonly FaultCode[] = ['MALFORMED_BODY', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'];

function faultResponses(codes: readonly FaultCode[]): ClassDecorator & MethodDecorator {
  const unique = [...new Set(codes)];
  const statuses = [...new Set(unique.map((code) => faultCatalogue[code].status))];
  const responses = statuses.map((status) => {
    const list = unique.filter((code) => faultCatalogue[code].status === status);
    return ApiResponse({
      status,
      description: list.map((code) => `${code}: ${faultCatalogue[code].meaning}`).join('\n\n'),
      content: {
        'application/problem+json': {
          schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: list } } }] },
        },
      },
    });
  });
  return applyDecorators(...responses) as ClassDecorator & MethodDecorator;
}

function success(description: Description): MethodDecorator {
  const { returns, status = 200, list } = description;
  if (returns === undefined) return ApiResponse({ status, description: 'Done; no body.' });
  const many = Array.isArray(returns);
  const shape = (many ? returns[0] : returns) as Type;
  const item = { $ref: getSchemaPath(shape) };
  // With fields= some of the required members are left out on purpose.
  const one =
    list !== undefined || description.sparse !== undefined
      ? { anyOf: [item, { type: 'object' as const, description: 'Only the fields asked for.' }] }
      : item;
  return applyDecorators(
    ApiExtraModels(shape),
    ApiResponse({
      status,
      description: description.summary,
      headers: {
        'x-request-id': { description: 'Identifies the request in logs.', schema: { type: 'string' } },
        ...(description.conditional || (description.write && !many)
          ? {
              etag: {
                description: 'Version of the resource, for If-Match and If-None-Match.',
                schema: { type: 'string' },
              },
            }
          : {}),
      },
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['success', 'data', 'meta', ...(list ? ['pagination'] : [])],
            properties: {
              success: { type: 'boolean', enum: [true], description: 'Always true.' },
              data: many ? { type: 'array', items: one } : one,
              ...(list ? { pagination: { $ref: '#/components/schemas/Pagination' } } : {}),
              meta: { $ref: '#/components/schemas/Meta' },
            },
          },
        },
      },
    }),
  );
}

function parameters(description: Description): MethodDecorator[] {
  const found: MethodDecorator[] = [];
  if (description.list) found.push(...listParameters(description.list));
  if (description.sparse) {
    const names = fieldsOf(description.sparse).map((field) => field.name);
    found.push(
      ApiQuery({
        name: 'fields',
        required: false,
        description: `Comma list of the fields to answer: ${names.join(', ')}.`,
        schema: { type: 'string' },
      }),
    );
  }
  if (description.conditional) {
    found.push(
      ApiHeader({
        name: 'If-None-Match',
        required: false,
        description: 'ETag you have; 304 when it is current.',
        schema: { type: 'string' },
      }),
    );
  }
  if (!description.write) return found;
  found.push(
    ApiQuery({
      name: 'dryRun',
      required: false,
      description: 'Validate and answer, keep nothing.',
      schema: { type: 'boolean', default: false },
    }),
  );
  found.push(
    description.write === 'create'
      ? ApiHeader({
          name: 'Idempotency-Key',
          required: false,
          description: 'Makes a repetition harmless: for 24 hours the same key gets the same answer.',
          schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
        })
      : ApiHeader({
          name: 'If-Match',
          required: false,
          description: 'ETag that the change is based on; 412 when it is stale.',
          schema: { type: 'string' },
        }),
  );
  return found;
}

/** Everything OpenAPI says about a route, in one place: a route without it fails the documentation test. */
export function Describe(description: Description): MethodDecorator {
  const faults = [
    ...everywhere,
    ...(description.open ? [] : withCredential),
    ...(description.write ? withBody : []),
    ...(description.write === 'create' ? (['IDEMPOTENCY_KEY_REUSED', 'CONFLICT'] as const) : []),
    ...(description.faults ?? []),
  ];
  return applyDecorators(
    ApiOperation({
      summary: description.summary,
      ...(description.description ? { description: description.description } : {}),
      ...(description.open ? { security: [] } : {}),
    }),
    success(description),
    ...(description.conditional ? [ApiResponse({ status: 304, description: 'You have the current version.' })] : []),
    faultResponses(faults),
    ...parameters(description),
  );
}
