import { applyDecorators } from '@nestjs/common';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateIf,
} from 'class-validator';
import type { PropertySchema } from './property.js';
import { Property } from './property.js';
import type { Shape } from './shape.js';
import { lineage } from './shape.js';
import { IsDecimal } from './decimal.js';
import { IsTimestamp } from './timestamp.js';
import { perObject } from './per-object.js';

/** Decides how a value is sent to PostgreSQL and compared. */
export type FieldKind = 'text' | 'integer' | 'number' | 'boolean' | 'uuid' | 'timestamp' | 'json' | 'texts';

/** The SQL type of each kind. */
export const sqlTypes: Readonly<Record<FieldKind, string>> = {
  text: 'text',
  integer: 'integer',
  number: 'numeric',
  boolean: 'boolean',
  uuid: 'uuid',
  timestamp: 'timestamptz',
  json: 'jsonb',
  texts: 'jsonb',
};

/** A word, and the value that it stands for: of the field itself, or of another column. */
export type FilterWords = Readonly<Record<string, string | { readonly column: string; readonly value: string }>>;

/** A registered field: what projections, sparse fields, filters and sorting need. */
export interface FieldSpec {
  readonly name: string;
  readonly column: string;
  readonly kind: FieldKind;
  readonly nullable: boolean;
  /** `equal`: one of the values. `range`: beyond, from, up to or below a value. `contains`: the array contains all values. */
  readonly filters: readonly ('equal' | 'range' | 'contains')[];
  /** The only values that there are; filters refuse others. */
  readonly choices: readonly string[] | undefined;
  /** What other words mean in filters, which accept those of inputs. */
  readonly words: FilterWords | undefined;
  readonly sortable: boolean;
  /** The column to sort by when it differs, such as the numeric form of a dotted number, and its SQL type. */
  readonly sortBy: { readonly column: string; readonly type: string } | undefined;
  /** Replaces the plain column in a projection; `t` is the row. */
  readonly sql: string | undefined;
}

interface Common {
  readonly description: string;
  readonly example?: unknown;
  readonly nullable?: boolean;
  /** May be omitted from an input. Null is different: see `nullable`. */
  readonly optional?: boolean;
  readonly readOnly?: boolean;
  readonly column?: string;
  readonly filters?: FieldSpec['filters'];
  readonly words?: FilterWords;
  readonly sortable?: boolean;
  readonly sortBy?: FieldSpec['sortBy'];
  readonly sql?: string;
  /** The documented default. The database supplies it. */
  readonly default?: unknown;
}

const registry = new Map<object, Map<string, FieldSpec>>();

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function register(target: object, spec: FieldSpec): void {
  const fields = registry.get(target.constructor) ?? new Map<string, FieldSpec>();
  fields.set(spec.name, spec);
  registry.set(target.constructor, fields);
}

function field(
  kind: FieldKind,
  options: Common,
  schema: PropertySchema,
  rules: PropertyDecorator[],
): PropertyDecorator {
  const asColumn: PropertyDecorator = (target, key) => {
    const name = String(key);
    register(target, {
      name,
      column: options.column ?? snake(name),
      kind,
      nullable: options.nullable ?? false,
      filters: options.filters ?? [],
      choices: schema.enum as readonly string[] | undefined,
      words: options.words,
      sortable: options.sortable ?? false,
      sortBy: options.sortBy,
      sql: options.sql,
    });
  };
  const { description, example, readOnly } = options;
  return applyDecorators(
    asColumn,
    Property({
      ...schema,
      description,
      ...(example === undefined ? {} : { example }),
      ...(readOnly ? { readOnly } : {}),
      ...(options.nullable ? { nullable: true } : {}),
      ...(options.optional ? { required: false } : {}),
      ...(options.default === undefined ? {} : { default: options.default }),
    }),
    ...(options.nullable ? [ValidateIf((_, value) => value !== null)] : []),
    ...(options.optional ? [ValidateIf((_, value) => value !== undefined)] : []),
    ...rules,
  );
}

/** Text of `min` (0) to `max` characters. */
export function Text(
  options: Common & { max: number; min?: number; pattern?: RegExp; patternMessage?: string; format?: string },
): PropertyDecorator {
  const { min, max, pattern, format } = options;
  const rules = [IsString(), MaxLength(max)];
  if (min !== undefined) rules.push(MinLength(min));
  if (pattern) rules.push(Matches(pattern, options.patternMessage ? { message: options.patternMessage } : {}));
  const schema: PropertySchema = { type: 'string', maxLength: max, ...(min === undefined ? {} : { minLength: min }) };
  return field(
    'text',
    options,
    { ...schema, ...(pattern ? { pattern: pattern.source } : {}), ...(format ? { format } : {}) },
    rules,
  );
}

/** An e-mail address. */
export function EmailAddress(options: Common): PropertyDecorator {
  return field('text', options, { type: 'string', format: 'email', maxLength: 255 }, [
    IsEmail({}, { message: '$property must be an e-mail address' }),
  ]);
}

/** A whole number within bounds. */
export function Integer(options: Common & { min: number; max: number }): PropertyDecorator {
  const { min, max } = options;
  return field('integer', options, { type: 'integer', minimum: min, maximum: max }, [IsInt(), Min(min), Max(max)]);
}

/** A number with at most `decimals` decimals. */
export function Decimal(options: Common & { min: number; max: number; decimals: number }): PropertyDecorator {
  const { min, max, decimals } = options;
  const rules = [IsDecimal(decimals), Min(min), Max(max)];
  return field('number', options, { type: 'number', minimum: min, maximum: max }, rules);
}

/** One of a fixed set of values. */
export function Choice(options: Common & { values: readonly string[] }): PropertyDecorator {
  return field('text', options, { type: 'string', enum: options.values }, [IsIn([...options.values])]);
}

/** A boolean. */
export function Flag(options: Common): PropertyDecorator {
  return field('boolean', options, { type: 'boolean' }, [IsBoolean()]);
}

/** A UUID of any version. */
export function Uuid(options: Common): PropertyDecorator {
  return field('uuid', options, { type: 'string', format: 'uuid' }, [IsUUID('loose')]);
}

/** An instant: ISO 8601 with an offset, or a date (midnight UTC). Answers are in UTC. */
export function Timestamp(options: Common): PropertyDecorator {
  return field('timestamp', options, { type: 'string', format: 'date-time' }, [IsTimestamp()]);
}

/** A list of texts. */
export function TextList(
  options: Common & { maxItems: number; maxLength: number; pattern?: RegExp },
): PropertyDecorator {
  const { maxItems, maxLength, pattern } = options;
  const items: PropertySchema = { type: 'string', maxLength, ...(pattern ? { pattern: pattern.source } : {}) };
  return field('texts', options, { type: 'array', items, maxItems }, [
    IsArray(),
    ArrayMaxSize(maxItems),
    IsString({ each: true }),
    MaxLength(maxLength, { each: true }),
    ...(pattern ? [Matches(pattern, { each: true })] : []),
  ]);
}

const JSON_VALUE: PropertySchema = {
  nullable: true,
  oneOf: [
    { type: 'string' },
    { type: 'number' },
    { type: 'boolean' },
    { type: 'object', additionalProperties: true },
    { type: 'array', items: { description: 'Any JSON value.' } },
  ],
};

/** A list of JSON values of any kind. */
export function JsonList(options: Common & { maxItems: number }): PropertyDecorator {
  return field('json', options, { type: 'array', items: JSON_VALUE, maxItems: options.maxItems }, [
    IsArray(),
    ArrayMaxSize(options.maxItems),
  ]);
}

/** A JSON object with members of the caller's choice. */
export function JsonObject(options: Common): PropertyDecorator {
  return field('json', options, { type: 'object', additionalProperties: true }, [IsObject()]);
}

/** A field with a custom schema and custom rules. */
export function Custom(
  kind: FieldKind,
  options: Common,
  schema: PropertySchema,
  rules: PropertyDecorator[],
): PropertyDecorator {
  return field(kind, options, schema, rules);
}

export type { Shape } from './shape.js';

/** The fields of a class, inherited ones first. */
export const fieldsOf = perObject((shape: Shape): readonly FieldSpec[] => [
  ...new Map(lineage(shape).flatMap((one) => [...(registry.get(one) ?? [])])).values(),
]);
