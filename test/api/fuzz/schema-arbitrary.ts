import fc from 'fast-check';

/** The part of JSON Schema that our document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

export type Resolve = (ref: string) => Schema;

const ITEMS_MAX = 4;
const LENGTH_MAX = 40;

/** Strings that break parsers, databases and terminals. */
const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udfff\ud800',
    '\u202e',
    '"\'; drop table tasks; --',
    '%00',
    '../../etc/passwd',
    '{{7*7}}',
    '<script>alert(1)</script>',
    'NaN',
    '1e999',
    'null',
    'true',
    '-0',
    '2026-02-30',
    '9999999-01-01T00:00:00Z',
    '0000-01-01',
    'x'.repeat(5_000),
    -1,
    0,
    1.5,
    2 ** 31,
    2 ** 53,
    -(2 ** 53),
    1e308,
    true,
    false,
    null,
    [],
    {},
    [[]],
    [null],
    { $ne: null },
    { constructor: { prototype: {} } },
    { toString: 1 },
    { then: 'x' },
    [['a'], { b: [] }],
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.jsonValue({ maxDepth: 3 }),
);

function textOf(schema: Schema): fc.Arbitrary<string> {
  if (schema.format === 'uuid') return fc.uuid();
  if (schema.format === 'date-time')
    return fc
      .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString());
  if (schema.format === 'email') return fc.emailAddress();
  const { minLength = 0, maxLength = LENGTH_MAX } = schema;
  if (schema.pattern !== undefined && schema.pattern !== '\\S') {
    // Lookaheads are not supported. Without them a few values are refused, which is a documented response.
    return fc.stringMatching(new RegExp(schema.pattern.replace(/^(\^?)\(\?!.*?\$\)/, '$1')));
  }
  return fc.string({ minLength, maxLength: Math.min(maxLength, Math.max(minLength, LENGTH_MAX)) });
}

function objectOf(schema: Schema, resolve: Resolve, depth: number): fc.Arbitrary<unknown> {
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0)
    return fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 });
  const model = Object.fromEntries(properties.map(([name, property]) => [name, valueOf(property, resolve, depth + 1)]));
  return fc.record(model, { requiredKeys: [...(schema.required ?? [])] });
}

function plainOf(schema: Schema, type: string | undefined, resolve: Resolve, depth: number): fc.Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return textOf(schema);
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1_000, max: schema.maximum ?? 1_000 });
    case 'number':
      return fc.integer({ min: Math.ceil(schema.minimum ?? 0), max: Math.min(schema.maximum ?? 1_000, 1_000) });
    case 'boolean':
      return fc.boolean();
    case 'array': {
      const item = schema.items ? valueOf(schema.items, resolve, depth + 1) : fc.jsonValue({ maxDepth: 1 });
      return fc.array(item, { minLength: schema.minItems ?? 0, maxLength: ITEMS_MAX });
    }
    case 'object':
      return objectOf(schema, resolve, depth);
    case 'null':
      return fc.constant(null);
    default:
      return fc.jsonValue({ maxDepth: 1 });
  }
}

/** Values that the schema allows. */
export function valueOf(schema: Schema, resolve: Resolve, depth = 0): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return valueOf(resolve(schema.$ref), resolve, depth);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return fc.oneof(...choices.map((one) => valueOf(one, resolve, depth + 1)));
  if (schema.allOf?.[0]) return valueOf(schema.allOf[0], resolve, depth);
  const types = schema.type === undefined || typeof schema.type === 'string' ? [schema.type] : schema.type;
  return fc.oneof(...types.map((type) => plainOf(schema, type, resolve, depth)));
}

/** Mostly valid values, sometimes with one invalid member, sometimes entirely invalid. */
export function inputOf(schema: Schema, resolve: Resolve): fc.Arbitrary<unknown> {
  const valid = valueOf(schema, resolve);
  const spoilt = fc.tuple(valid, fc.nat(), fc.string({ maxLength: 5 }), hostile).map(([value, at, extra, bad]) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return bad;
    const keys = [...Object.keys(value), `x${extra}`];
    return { ...value, [keys[at % keys.length] ?? 'x']: bad };
  });
  return fc.oneof({ weight: 5, arbitrary: valid }, { weight: 4, arbitrary: spoilt }, { weight: 1, arbitrary: hostile });
}
